package dev.heddle.replay.inspect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import dev.heddle.process.VisibleText;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.Range;
import dev.heddle.replay.log.UserEvents;
import dev.heddle.replay.output.Amounts;
import dev.heddle.replay.output.EventPrinter;
import dev.heddle.replay.output.Redaction;
import dev.heddle.replay.runs.RunFacts;
import dev.heddle.replay.runs.RunList;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** The report on a user: the partition, the number and the runs of the user's events. */
public final class UserReport {
    private final UserKey user;
    private final int partition;
    private final RunList runs = new RunList();
    private long events;
    private long bytes;
    private long largest;
    private long firstOffset = -1;
    private long lastOffset = -1;
    private long firstAppended;
    private long lastAppended;

    private UserReport(UserKey user, int partition) {
        this.user = user;
        this.partition = partition;
    }

    /** Reads all retained events of a user; {@code reader} counts the unreadable ones. */
    public static UserReport of(LogConsumer log, UserKey user, EventPrinter reader, Redaction redaction) {
        UserEvents all = UserEvents.between(log, user, Range.ALL, UserEvents.Skipping.BY_INDEX);
        UserReport report = new UserReport(user, all.offsets().partition());
        all.visit(record -> {
            long size = record.value() == null ? 0 : record.value().length;
            if (report.events++ == 0) {
                report.firstOffset = record.offset();
                report.firstAppended = record.timestamp();
            }
            report.lastOffset = record.offset();
            report.lastAppended = record.timestamp();
            report.bytes += size;
            report.largest = Math.max(report.largest, size);
            reader.event(record)
                    .ifPresent(shown ->
                            report.runs.take(redaction.tree(shown.item().json()), size));
            return true;
        });
        return report;
    }

    /** The number of the user's records. */
    public long events() {
        return events;
    }

    /** Prints the report as text, or as one JSON object. */
    public void print(PrintStream out, boolean json) {
        List<RunFacts> all = runs.runs();
        long open = all.stream().filter(run -> !run.status().isEnd()).count();
        if (json) {
            ObjectNode facts = Json.object()
                    .put("user", user.value())
                    .put("partition", partition)
                    .put("events", events)
                    .put("bytes", bytes)
                    .put("largest", largest)
                    .put("firstOffset", firstOffset)
                    .put("firstAppended", Instant.ofEpochMilli(firstAppended).toString())
                    .put("lastOffset", lastOffset)
                    .put("lastAppended", Instant.ofEpochMilli(lastAppended).toString())
                    .put("runs", all.size())
                    .put("open", open);
            out.println(Json.text(facts));
            return;
        }
        out.println(VisibleText.of("user " + user.value() + ", partition " + partition));
        out.println("first event: offset " + firstOffset + ", appended " + Instant.ofEpochMilli(firstAppended));
        out.println("last event:  offset " + lastOffset + ", appended " + Instant.ofEpochMilli(lastAppended));
        out.println(Amounts.count(events) + " events, " + Amounts.bytes(bytes) + " stored, the largest "
                + Amounts.bytes(largest));
        out.println(all.size() + " runs, " + open + " of them open");
        all.stream()
                .max((a, b) -> Long.compare(a.bytes(), b.bytes()))
                .ifPresent(run -> out.println(VisibleText.of("largest run: " + Objects.requireNonNull(run.runId())
                        + ", " + run.events() + " events, " + Amounts.bytes(run.bytes()))));
    }
}
