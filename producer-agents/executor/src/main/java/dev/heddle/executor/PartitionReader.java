package dev.heddle.executor;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.topic.PartitionPass;
import dev.heddle.topic.SkippingPoller;
import dev.heddle.topic.UnreadableRange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The reader of a whole partition: a pass goes from the offset that {@link From} finds to the partition's end when the
 * pass began. Blocking; each pass has a consumer of its own, so any thread may read.
 */
final class PartitionReader {

    /** The longest time without a record or progress from Kafka before a pass fails. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final KafkaClientSettings kafka;
    private final Consumer<UnreadableRange> skipped;

    /** The beginning of a pass. */
    @FunctionalInterface
    interface From {
        /** The first offset to be read; the end or more to read nothing. */
        long find(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long end);

        static From offset(long first) {
            return (consumer, partition, end) -> first;
        }

        static From newest(long records) {
            return (consumer, partition, end) -> Math.max(begin(consumer, partition), end - records);
        }

        static From time(Instant earliest) {
            return (consumer, partition, end) -> {
                Map<TopicPartition, Long> time = Map.of(partition, Math.max(0, earliest.toEpochMilli()));
                OffsetAndTimestamp first = consumer.offsetsForTimes(time).get(partition);
                return first == null ? end : first.offset();
            };
        }

        private static long begin(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
            return consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
        }
    }

    /** A consumer of each record of a pass, in order. */
    @FunctionalInterface
    interface Sink {
        void take(ConsumerRecord<byte[], byte[]> record);
    }

    /** @param skipped told of what cannot be read and is skipped, on the reading thread */
    PartitionReader(KafkaClientSettings kafka, Consumer<UnreadableRange> skipped) {
        this.kafka = kafka;
        this.skipped = skipped;
    }

    /**
     * Reads the partition, and returns the end offset of the pass.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka cannot be read
     */
    long read(TopicPartition source, From from, Sink sink) {
        Map<String, Object> properties = kafka.forClient("heddle-history");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // A transaction is only a fence here: the records of an open one count.
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(source));
            long end = consumer.endOffsets(List.of(source)).getOrDefault(source, 0L);
            long first = from.find(consumer, source, end);
            SkippingPoller<byte[], byte[]> poller = SkippingPoller.waiting(consumer, kafka, skipped);
            new PartitionPass(poller, source, PATIENCE).read(first, end, record -> {
                sink.take(record);
                return true;
            });
            return end;
        }
    }
}
