package dev.heddle.replay;

import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Standard output's lines: one ITEM each, byte for byte what a socket gets, or one for people.
 *
 * <p>A record that cannot be read is counted, its first reason kept, and the rest go on.
 */
final class EventPrinter {
    private final PrintStream out;
    private final Form form;
    private final EventFilter filter;
    private long printed;
    private long unreadable;
    private @Nullable String firstReason;

    /** How a line looks. */
    enum Form {
        ITEM,
        PRETTY
    }

    EventPrinter(PrintStream out, Form form, EventFilter filter) {
        this.out = out;
        this.form = form;
        this.filter = filter;
    }

    /** What is to be printed of a record: nothing if it is not wanted or not readable. */
    Optional<byte[]> line(ConsumerRecord<byte[], byte[]> record) {
        if (!filter.wantsKey(record.key())) {
            return Optional.empty();
        }
        try {
            UserKey user = user(record);
            EventItem item = EventItem.of(user, value(record));
            if (!filter.wants(item)) {
                return Optional.empty();
            }
            return Optional.of(form == Form.ITEM ? item.json() : pretty(user, item));
        } catch (InvalidEventException e) {
            unreadable++;
            if (firstReason == null) {
                firstReason = "partition " + record.partition() + " offset " + record.offset() + ": " + e.getMessage();
            }
            return Optional.empty();
        }
    }

    private static UserKey user(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            throw new InvalidEventException("no user key");
        }
        return UserKey.fromUtf8(record.key());
    }

    private static byte[] value(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            throw new InvalidEventException("no value");
        }
        return record.value();
    }

    private static byte[] pretty(UserKey user, EventItem item) {
        String run = item.runId() == null ? "" : " run=" + item.runId() + "#" + item.runSeq();
        String text = Instant.ofEpochMilli(item.timestamp()) + " user=" + user.value() + " thread=" + item.threadId()
                + run + " " + item.type() + " " + new String(item.eventJson(), StandardCharsets.UTF_8);
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Prints a line; false when nobody reads any more (a closed pipe). */
    boolean print(byte[] line) {
        out.write(line, 0, line.length);
        out.write('\n');
        printed++;
        return !out.checkError();
    }

    /** How many lines have been printed. */
    long printed() {
        return printed;
    }

    /** What to tell of the records that could not be read, if there were any. */
    Optional<String> complaint() {
        return unreadable == 0
                ? Optional.empty()
                : Optional.of(unreadable + " records could not be read; the first: " + firstReason);
    }
}
