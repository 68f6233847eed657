package dev.heddle.replay.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import dev.heddle.event.RunState;
import dev.heddle.event.RunStatus;
import java.time.Instant;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The facts of one run by the events read so far. For one thread. */
public final class RunFacts {
    private final String runId;
    private final RunState state;
    private final TreeSet<Integer> attempts = new TreeSet<>();
    private long events;
    private long bytes;
    private long toolCalls;
    private long tokens;
    private boolean hasTokens;

    /** @param first the run's first ITEM, which is not counted yet */
    RunFacts(ObjectNode first) {
        this.runId = first.path("runId").asText();
        this.state = new RunState(first);
    }

    /**
     * Takes the run's next ITEM.
     *
     * @param storedBytes the length of its stored form
     */
    void take(ObjectNode item, long storedBytes) {
        JsonNode event = item.path("event");
        events++;
        bytes += storedBytes;
        attempts.add(item.path("attempt").asInt());
        state.add(item);
        switch (event.path("type").asText()) {
            case "TOOL_CALL_START" -> toolCalls++;
            case "RUN_FINISHED", "RUN_ERROR" -> countTokens(event);
            default -> {}
        }
    }

    private void countTokens(JsonNode event) {
        for (JsonNode usage : event.path("usage")) {
            hasTokens = true;
            JsonNode total = usage.get("totalTokens");
            tokens += total == null
                    ? usage.path("inputTokens").asLong()
                            + usage.path("outputTokens").asLong()
                    : total.asLong();
        }
    }

    public String threadId() {
        return state.threadId();
    }

    public String runId() {
        return runId;
    }

    public RunStatus status() {
        return state.status();
    }

    public @Nullable String agentId() {
        return state.agentId();
    }

    /** The first event's own time, in milliseconds since the epoch. */
    public long startedAt() {
        return state.startedAt();
    }

    /** The time from the first event to the last one, in milliseconds; 0 if the clock went back. */
    public long length() {
        return Math.max(0, state.updatedAt() - state.startedAt());
    }

    public long events() {
        return events;
    }

    /** The bytes of the stored events. */
    public long bytes() {
        return bytes;
    }

    public long toolCalls() {
        return toolCalls;
    }

    /** The number of tokens that the run's events report; null if they report none. */
    public @Nullable Long tokens() {
        return hasTokens ? tokens : null;
    }

    /** The number of attempts that have events. */
    public int attempts() {
        return attempts.size();
    }

    /** The facts as JSON, for programs. */
    public ObjectNode json() {
        ObjectNode json = Json.object()
                .put("threadId", threadId())
                .put("runId", runId)
                .put("status", status().word())
                .put("startedAt", Instant.ofEpochMilli(startedAt()).toString())
                .put("lengthMs", length())
                .put("events", events)
                .put("bytes", bytes)
                .put("toolCalls", toolCalls)
                .put("attempts", attempts());
        if (agentId() != null) {
            json.put("agentId", agentId());
        }
        if (hasTokens) {
            json.put("tokens", tokens);
        }
        return json;
    }
}
