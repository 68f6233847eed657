package dev.heddle.bench.floor;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The result of a bare consumer's scan of one partition from its beginning to its end.
 *
 * @param bytes of all keys and values
 * @param millis from the first poll to the last record
 */
public record PlainScan(long records, long bytes, double millis) {
    private static final Duration WAIT = Duration.ofMillis(100);

    /** Reads a partition to its end. Blocking. */
    public static PlainScan of(String bootstrap, TopicPartition partition) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "max.poll.records", 4000, "enable.auto.commit", "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            consumer.seekToBeginning(List.of(partition));
            long begin = System.nanoTime();
            long records = 0;
            long bytes = 0;
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(WAIT)) {
                    records++;
                    bytes += record.serializedKeySize() + record.serializedValueSize();
                }
            }
            return new PlainScan(records, bytes, (System.nanoTime() - begin) / 1e6);
        }
    }
}
