package dev.heddle.replay.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Cursor;
import dev.heddle.event.Generation;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import dev.heddle.process.VisibleText;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.OffsetRange;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The report on a cursor: its content, and the outcome for a client that connects with it to this log. */
public final class CursorReport {
    private final ObjectNode facts = Json.object();
    private final boolean good;

    /**
     * Compares a cursor with a log.
     *
     * @param user the client's user; null if that is not known
     */
    public CursorReport(Cursor cursor, @Nullable UserKey user, LogConsumer log) {
        Generation now = log.topic().generation();
        facts.put("topicId", cursor.generation().topicId().toString())
                .put("partitions", cursor.generation().partitions())
                .put("partition", cursor.partition())
                .put("offset", cursor.position().offset())
                .put("leaderEpoch", cursor.position().leaderEpoch())
                .put("snapshotPending", cursor.isSnapshotPending());
        if (user != null) {
            facts.put("isUsers", cursor.belongsTo(user));
        }
        String outcome = outcome(cursor, user, log, now);
        good = outcome.startsWith("resumed");
        facts.put("outcome", outcome);
    }

    /**
     * The outcome, by the same checks as an edge's and in their order. A truncation that the log has outgrown since is
     * not detected, because only the partition's leader knows of it.
     */
    private String outcome(Cursor cursor, @Nullable UserKey user, LogConsumer log, Generation now) {
        if (user != null && !cursor.belongsTo(user)) {
            return "reset foreign: it is not this user's";
        }
        if (!cursor.generation().equals(now)) {
            return cursor.generation().topicId().equals(now.topicId())
                    ? "reset generation: the log has " + now.partitions() + " partitions by now"
                    : "reset generation: the log was made again since";
        }
        OffsetRange kept = log.extent(cursor.partition());
        facts.put("earliest", kept.from()).put("latest", kept.to());
        long offset = cursor.position().offset();
        if (offset < kept.from()) {
            return "reset retention: " + (kept.from() - offset) + " offsets after it have expired";
        }
        if (offset > kept.to()) {
            return "reset truncated: the log ends before it";
        }
        log.scan(new OffsetRange(cursor.partition(), offset, kept.to()), record -> {
            facts.put("nextAppended", Instant.ofEpochMilli(record.timestamp()).toString());
            return false;
        });
        return "resumed, if the log was not cut since: " + (kept.to() - offset) + " offsets of all users follow";
    }

    /** True if a client can resume from the cursor. */
    public boolean isGood() {
        return good;
    }

    /** Prints the report as text, or as one JSON object. */
    public void print(PrintStream out, boolean json) {
        if (json) {
            out.println(Json.text(facts));
            return;
        }
        for (Map.Entry<String, JsonNode> fact : facts.properties()) {
            out.println(VisibleText.of(fact.getKey() + ": " + fact.getValue().asText()));
        }
    }
}
