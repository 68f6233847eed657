package dev.heddle.topic;

import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The decoding of records of the log. Stateless. */
public final class EventRecords {
    private EventRecords() {}

    /**
     * The user that the key names.
     *
     * @throws InvalidEventException if the record has no key, or one that is no user key
     */
    public static UserKey user(ConsumerRecord<byte[], ?> record) {
        byte[] key = record.key();
        if (key == null) {
            throw new InvalidEventException("no user key");
        }
        return UserKey.fromUtf8(key);
    }

    /**
     * The event of a record.
     *
     * @throws InvalidEventException if it cannot be read, or is not of the user that its key names
     */
    public static EventItem item(ConsumerRecord<byte[], byte[]> record) {
        return item(user(record), record);
    }

    /** The event of a record whose user is known already. */
    public static EventItem item(UserKey user, ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        if (value == null) {
            throw new InvalidEventException("no value");
        }
        return EventItem.of(user, value);
    }

    /** Hands over the event of a record, unless it cannot be decoded: edges count and report such records. */
    public static void decode(ConsumerRecord<byte[], byte[]> record, BiConsumer<UserKey, EventItem> sink) {
        UserKey user;
        EventItem item;
        try {
            user = user(record);
            item = item(user, record);
        } catch (InvalidEventException skipped) {
            return;
        }
        sink.accept(user, item);
    }
}
