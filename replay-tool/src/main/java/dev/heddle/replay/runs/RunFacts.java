package dev.heddle.replay.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import java.time.Instant;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One run as far as its events were read. For one thread. */
public final class RunFacts {
    private final String threadId;
    private final String runId;
    private final long startedAt;
    private final TreeSet<Integer> attempts = new TreeSet<>();
    private @Nullable String agentId;
    private String status = "running";
    private long updatedAt;
    private long events;
    private long bytes;
    private long toolCalls;
    private long tokens;
    private boolean hasTokens;

    RunFacts(ObjectNode item, long startedAt) {
        this.threadId = item.path("threadId").asText();
        this.runId = item.path("runId").asText();
        this.startedAt = startedAt;
    }

    /** @param item the run's next ITEM, whose stored form has so many bytes */
    void take(ObjectNode item, long storedBytes) {
        JsonNode event = item.path("event");
        events++;
        bytes += storedBytes;
        updatedAt = Math.max(startedAt, event.path("timestamp").asLong());
        attempts.add(item.path("attempt").asInt());
        if (agentId == null && item.hasNonNull("agentId")) {
            agentId = item.get("agentId").asText();
        }
        switch (event.path("type").asText()) {
            case "TOOL_CALL_START" -> toolCalls++;
            case "RUN_FINISHED" -> {
                status = outcome(event);
                countTokens(event);
            }
            case "RUN_ERROR" -> {
                status = "error";
                countTokens(event);
            }
            default -> {}
        }
    }

    private static String outcome(JsonNode event) {
        return switch (event.path("outcome").path("type").asText("success")) {
            case "interrupt" -> "interrupted";
            case "cancelled" -> "cancelled";
            default -> "finished";
        };
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
        return threadId;
    }

    public String runId() {
        return runId;
    }

    /** {@code running}, {@code finished}, {@code interrupted}, {@code cancelled} or {@code error}. */
    public String status() {
        return status;
    }

    public @Nullable String agentId() {
        return agentId;
    }

    /** The first event's own time, in milliseconds since the epoch. */
    public long startedAt() {
        return startedAt;
    }

    /** From the first event's time to the last one's, in milliseconds. */
    public long length() {
        return updatedAt - startedAt;
    }

    public long events() {
        return events;
    }

    /** Of the stored events. */
    public long bytes() {
        return bytes;
    }

    public long toolCalls() {
        return toolCalls;
    }

    /** What the run says that it used; null if it says nothing. */
    public @Nullable Long tokens() {
        return hasTokens ? tokens : null;
    }

    /** How many attempts have events. */
    public int attempts() {
        return attempts.size();
    }

    /** For programs. */
    public ObjectNode json() {
        ObjectNode json = Json.object()
                .put("threadId", threadId)
                .put("runId", runId)
                .put("status", status)
                .put("startedAt", Instant.ofEpochMilli(startedAt).toString())
                .put("lengthMs", length())
                .put("events", events)
                .put("bytes", bytes)
                .put("toolCalls", toolCalls)
                .put("attempts", attempts());
        if (agentId != null) {
            json.put("agentId", agentId);
        }
        if (hasTokens) {
            json.put("tokens", tokens);
        }
        return json;
    }
}
