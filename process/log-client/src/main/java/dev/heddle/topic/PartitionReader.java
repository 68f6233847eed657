package dev.heddle.topic;

import dev.heddle.config.KafkaClientSettings;
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
 * The reader of ranges of one partition, uncommitted records included: transactions are only a fence here. Blocks its
 * caller; for one thread at a time. Connects when it is first used.
 */
public final class PartitionReader implements AutoCloseable {

    private final KafkaClientSettings kafka;
    private final String clientId;
    private final TopicPartition partition;
    private final Duration patience;
    private final Consumer<UnreadableRange> skipped;
    private @Nullable KafkaConsumer<byte[], byte[]> consumer;

    /**
     * @param patience how long Kafka may be silent before a call fails
     * @param skipped told of what cannot be read and is skipped, on the reading thread
     */
    public PartitionReader(
            KafkaClientSettings kafka,
            String clientId,
            TopicPartition partition,
            Duration patience,
            Consumer<UnreadableRange> skipped) {
        this.kafka = kafka;
        this.clientId = clientId;
        this.partition = partition;
        this.patience = patience;
        this.skipped = skipped;
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        KafkaConsumer<byte[], byte[]> open = consumer;
        if (open == null) {
            Map<String, Object> properties = kafka.forConsumer(clientId, "earliest");
            properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 5);
            properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(patience.toMillis()));
            open = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            open.assign(List.of(partition));
            consumer = open;
        }
        return open;
    }

    /** The end of the partition as its leader has it now. */
    public long end() {
        return consumer().endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    /** The first offset that the partition still holds. */
    public long beginning() {
        return consumer().beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    /** The first offset that was appended at this time or later; the end if there is none. */
    public long at(Instant time) {
        OffsetAndTimestamp found = consumer()
                .offsetsForTimes(Map.of(partition, Math.max(0, time.toEpochMilli())))
                .get(partition);
        return found == null ? end() : found.offset();
    }

    /**
     * Hands over the records from one offset to before another, in order.
     *
     * @param to the end, which the partition has reached already; nothing is read if it is not behind {@code from}
     * @throws TimeoutException if Kafka is silent for too long
     */
    public void read(long from, long to, Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        SkippingPoller<byte[], byte[]> poller = SkippingPoller.waiting(consumer(), kafka, skipped);
        new PartitionPass(poller, partition, patience).read(from, to, record -> {
            sink.accept(record);
            return true;
        });
    }

    @Override
    public void close() {
        if (consumer != null) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
            consumer = null;
        }
    }
}
