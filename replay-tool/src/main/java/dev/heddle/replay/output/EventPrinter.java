package dev.heddle.replay.output;

import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import dev.heddle.process.VisibleText;
import dev.heddle.replay.output.ItemJoiner.Shown;
import dev.heddle.topic.EventRecords;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A printer of events as lines: each is either an ITEM, byte for byte as an edge sends it, or text for people.
 *
 * <p>Unreadable records are counted and skipped, and the first one's reason is kept.
 */
public final class EventPrinter {
    private static final String DIM = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";

    private final PrintStream out;
    private final Form form;
    private final EventFilter filter;
    private final Redaction redaction;
    private long printed;
    private long unreadable;
    private @Nullable String firstReason;

    /** The form of a line. */
    public enum Form {
        ITEM,
        PRETTY,
        COLOURED
    }

    public EventPrinter(PrintStream out, Form form, EventFilter filter, Redaction redaction) {
        this.out = out;
        this.form = form;
        this.filter = filter;
        this.redaction = redaction;
    }

    /** The event of a record; empty if it does not pass the filter or is unreadable. */
    public Optional<Shown> event(ConsumerRecord<byte[], byte[]> record) {
        try {
            EventItem item = EventRecords.item(record);
            return filter.wants(item) ? Optional.of(new Shown(item, record.timestamp())) : Optional.empty();
        } catch (InvalidEventException e) {
            unreadable++;
            if (firstReason == null) {
                firstReason = "partition " + record.partition() + " offset " + record.offset() + ": " + e.getMessage();
            }
            return Optional.empty();
        }
    }

    /** Prints an event of this user; returns false if the output's reader is gone (a closed pipe). */
    public boolean print(UserKey user, EventItem item) {
        byte[] line = form == Form.ITEM ? redaction.of(item.json()) : pretty(user, item);
        out.write(line, 0, line.length);
        out.write('\n');
        printed++;
        return !out.checkError();
    }

    private byte[] pretty(UserKey user, EventItem item) {
        String run = item.runId() == null ? "" : " run=" + item.runId() + "#" + number(item);
        String before = Instant.ofEpochMilli(item.timestamp()) + " user=" + user.value() + " thread=" + item.threadId()
                + run + " ";
        String event = redaction.isNone()
                ? new String(item.eventJson(), StandardCharsets.UTF_8)
                : Json.text(redaction.tree(item.json()).get("event"));
        String text = form == Form.COLOURED
                ? DIM + VisibleText.of(before) + PLAIN + colour(item.type()) + VisibleText.of(item.type()) + PLAIN + " "
                        + VisibleText.of(event)
                : VisibleText.of(before + item.type() + " " + event);
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String number(EventItem item) {
        return item.runSeqFrom() == item.runSeq()
                ? Long.toString(item.runSeq())
                : item.runSeqFrom() + "-" + item.runSeq();
    }

    private static String colour(String type) {
        if (type.equals("RUN_ERROR")) {
            return "\u001b[1;31m";
        }
        return switch (type.substring(0, Math.max(0, type.indexOf('_')))) {
            case "RUN" -> "\u001b[1;32m";
            case "TOOL" -> "\u001b[36m";
            case "REASONING" -> "\u001b[35m";
            case "STEP", "SUBAGENT" -> "\u001b[34m";
            default -> "\u001b[33m";
        };
    }

    /** The number of printed lines. */
    public long printed() {
        return printed;
    }

    /** The message about unreadable records; empty if there were none. */
    public Optional<String> complaint() {
        return unreadable == 0
                ? Optional.empty()
                : Optional.of(unreadable + " records could not be read; the first: " + firstReason);
    }
}
