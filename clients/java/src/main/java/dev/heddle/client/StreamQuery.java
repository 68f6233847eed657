package dev.heddle.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The query of a {@code heddle.v1} stream: the place to begin, and the filter. Immutable.
 *
 * @param parameters the parameters in the order of the URL, not yet encoded
 */
public record StreamQuery(Map<String, String> parameters) {
    /** The path of a stream. */
    public static final String PATH = "/v1/stream";

    private static final String CURSOR = "cursor";
    private static final String FROM = "from";

    /** Copies the parameters. */
    public StreamQuery {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * A query that begins at a place of the log.
     *
     * @param place {@code latest}, {@code earliest}, an ISO-8601 instant or {@code last:N}
     */
    public static StreamQuery from(String place) {
        return new StreamQuery(Map.of(FROM, place));
    }

    /**
     * A query that continues after a cursor.
     *
     * @param cursor the stored cursor, or null to begin at the end of the log
     */
    public static StreamQuery after(@Nullable String cursor) {
        return from("latest").resumedAfter(cursor);
    }

    /** This query, continued after a cursor; null changes nothing. */
    public StreamQuery resumedAfter(@Nullable String cursor) {
        if (cursor == null) {
            return this;
        }
        Map<String, String> changed = new LinkedHashMap<>(parameters);
        changed.remove(FROM);
        changed.put(CURSOR, cursor);
        return new StreamQuery(changed);
    }

    /** This query for one thread only. */
    public StreamQuery thread(String threadId) {
        return with("thread", threadId);
    }

    /** This query for some AG-UI event types only, each with {@code *} at its end allowed. */
    public StreamQuery types(String... types) {
        return with("types", String.join(",", types));
    }

    /** This query with neighbouring deltas of one message joined. */
    public StreamQuery folded() {
        return with("fold", "true");
    }

    /** This query without a snapshot at its beginning. */
    public StreamQuery withoutSnapshot() {
        return with("snapshot", "false");
    }

    /** This query with the status of the agents on offer. */
    public StreamQuery withAgents() {
        return with("agents", "true");
    }

    /** This query with the partition hint for load balancers. */
    public StreamQuery partition(int partition) {
        return with("p", Integer.toString(partition));
    }

    /** This query with one more parameter. */
    public StreamQuery with(String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(parameters);
        changed.put(name, value);
        return new StreamQuery(changed);
    }

    /** The path and the encoded query of the request. */
    public String requestTarget() {
        return parameters.isEmpty()
                ? PATH
                : parameters.entrySet().stream()
                        .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&", PATH + "?", ""));
    }
}
