package dev.heddle.edge.http;

import dev.heddle.edge.protocol.Query;
import org.jspecify.annotations.Nullable;

/**
 * A path below {@code /v1/agui/}.
 *
 * @param runId null for the path of an agent
 */
record AgUiPath(String agentId, @Nullable String runId) {

    static final String PREFIX = "/v1/agui/";
    private static final String RUNS = "runs";
    private static final int AGENT_ONLY = 1;
    private static final int WITH_RUN = 3;

    /** Reads a raw path; null if there is nothing at it, or it is no strict percent-encoded UTF-8. */
    static @Nullable AgUiPath of(@Nullable String raw) {
        if (raw == null || !raw.startsWith(PREFIX)) {
            return null;
        }
        String[] segments = raw.substring(PREFIX.length()).split("/", -1);
        String agent = Query.decodeSegment(segments[0]);
        if (agent == null || agent.isEmpty()) {
            return null;
        }
        if (segments.length == AGENT_ONLY) {
            return new AgUiPath(agent, null);
        }
        String run = segments.length == WITH_RUN && segments[1].equals(RUNS) ? Query.decodeSegment(segments[2]) : null;
        return run == null || run.isEmpty() ? null : new AgUiPath(agent, run);
    }
}
