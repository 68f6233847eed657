package dev.heddle.replay.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import dev.heddle.replay.log.ReplayException;
import dev.heddle.replay.output.ItemJoiner.Shown;
import dev.heddle.replay.output.Redaction;
import dev.heddle.topic.EventRecords;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The export of events from the log to a file, after redaction. For one thread. */
public final class LogExport {
    private final EventFile.Writer out;
    private final Redaction redaction;
    private long written;

    public LogExport(EventFile.Writer out, Redaction redaction) {
        this.out = out;
        this.redaction = redaction;
    }

    /** Writes the event of a record. */
    public void write(ConsumerRecord<byte[], byte[]> record, Shown shown) {
        UserKey user = EventRecords.user(record);
        EventItem item = shown.item();
        EventFile.LogPlace place = new EventFile.LogPlace(record.partition(), record.offset(), record.timestamp());
        StoredEvent stored = redaction.isNone() ? new StoredEvent(record.value()) : redacted(user, item);
        String json = new String(EventItem.of(user, stored.bytes()).json(), UTF_8);
        try {
            out.write(new EventFile.Exported(user, json, stored, place));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        written++;
    }

    private StoredEvent redacted(UserKey user, EventItem item) {
        try {
            return StoredEvent.of(user, redaction.tree(item.json()));
        } catch (InvalidEventException e) {
            throw new ReplayException("an event cannot be kept with what --redact leaves of it: " + e.getMessage(), e);
        }
    }

    /** The number of written events. */
    public long written() {
        return written;
    }
}
