package dev.heddle.ingest;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import dev.heddle.topic.PartitionPass;
import dev.heddle.topic.SkippingPoller;
import dev.heddle.topic.UnreadableRange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The reader of one partition of the log, uncommitted records included: transactions are only a fence here. Blocks its
 * caller; for one thread at a time. Connects when it is first used.
 */
final class PartitionReader implements AutoCloseable {

    private final KafkaClientSettings kafka;
    private final TopicPartition partition;
    private final Duration patience;
    private final Consumer<UnreadableRange> skipped;
    private @Nullable KafkaConsumer<byte[], byte[]> consumer;

    /**
     * @param patience how long Kafka may be silent before a call fails
     * @param skipped told of what cannot be read and is skipped, on the reading thread
     */
    PartitionReader(KafkaClientSettings kafka, int partition, Duration patience, Consumer<UnreadableRange> skipped) {
        this.skipped = skipped;
        this.kafka = kafka;
        this.partition = new TopicPartition(Topics.AGENT_EVENTS, partition);
        this.patience = patience;
    }

    /** A consumer of each event that can be decoded. */
    @FunctionalInterface
    interface Taker {
        void take(UserKey user, EventItem item, long offset);
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        KafkaConsumer<byte[], byte[]> open = consumer;
        if (open == null) {
            Map<String, Object> properties = kafka.forClient("heddle-ingest-read");
            properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
            properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
            properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
            properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
            properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 5);
            properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(patience.toMillis()));
            open = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            open.assign(List.of(partition));
            consumer = open;
        }
        return open;
    }

    /** The end of the partition as its leader has it now. */
    long end() {
        return consumer().endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    /** The first offset that the partition still holds. */
    long beginning() {
        return consumer().beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    /** The first offset that was appended at this time or later; the end if there is none. */
    long at(Instant time) {
        OffsetAndTimestamp found = consumer()
                .offsetsForTimes(Map.of(partition, Math.max(0, time.toEpochMilli())))
                .get(partition);
        return found == null ? end() : found.offset();
    }

    /**
     * Hands over the events from one offset to before another, in order. Follows the consumer's position, since
     * transaction markers and gaps are no records.
     *
     * @throws TimeoutException if Kafka is silent for too long
     */
    void read(long from, long to, Taker taker) {
        if (from >= to) {
            return;
        }
        SkippingPoller<byte[], byte[]> poller = SkippingPoller.waiting(consumer(), kafka, skipped);
        new PartitionPass(poller, partition, patience).read(from, to, record -> {
            take(record, taker);
            return true;
        });
    }

    private static void take(ConsumerRecord<byte[], byte[]> record, Taker taker) {
        if (record.key() == null || record.value() == null) {
            return;
        }
        UserKey user;
        EventItem item;
        try {
            user = UserKey.fromUtf8(record.key());
            item = EventItem.of(user, record.value());
        } catch (InvalidEventException skipped) {
            return; // Edges count and report it; it belongs to no run.
        }
        taker.take(user, item, record.offset());
    }

    @Override
    public void close() {
        if (consumer != null) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
            consumer = null;
        }
    }
}
