package dev.heddle.executor;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The reader of past events in one partition of {@code agent-events}, from a time on. Blocking; each call has a
 * consumer of its own, so any thread may call.
 */
public final class RunHistory {

    /** The greatest difference of the clocks that stamp a command and its events, those of two partitions' leaders. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    private final PartitionReader reader;

    public RunHistory(KafkaClientSettings kafka) {
        this(new PartitionReader(kafka, skipped -> {}));
    }

    RunHistory(PartitionReader reader) {
        this.reader = reader;
    }

    /**
     * Gathers the events of runs and the replies to commands, from the given time to the current end of the log.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka cannot be read
     */
    PartitionHistory read(int partition, Instant from) {
        PartitionHistory history = new PartitionHistory();
        forEach(partition, from.minus(CLOCK_SKEW), history::add);
        return history;
    }

    /**
     * Hands over every event of the partition from the given time to the current end of the log, in order. A record
     * that cannot be decoded is left out: edges count and report it.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka cannot be read
     */
    public void forEach(int partition, Instant from, BiConsumer<UserKey, EventItem> sink) {
        TopicPartition source = new TopicPartition(Topics.AGENT_EVENTS, partition);
        reader.read(source, PartitionReader.From.time(from), record -> decode(record, sink));
    }

    static void decode(ConsumerRecord<byte[], byte[]> record, BiConsumer<UserKey, EventItem> sink) {
        if (record.key() == null || record.value() == null) {
            return;
        }
        UserKey user;
        EventItem item;
        try {
            user = UserKey.fromUtf8(record.key());
            item = EventItem.of(user, record.value());
        } catch (InvalidEventException skipped) {
            return;
        }
        sink.accept(user, item);
    }
}
