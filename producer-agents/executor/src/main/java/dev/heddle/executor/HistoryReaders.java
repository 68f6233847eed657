package dev.heddle.executor;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.topic.PartitionReader;
import dev.heddle.topic.UnreadableRange;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * The source of readers of past records: each pass over a partition has a reader of its own, so any thread may read.
 *
 * @param skipped told of what cannot be read and is skipped, on the reading thread
 */
record HistoryReaders(KafkaClientSettings kafka, Consumer<UnreadableRange> skipped) {
    /** The longest time without a record or progress from Kafka before a pass fails. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A reader that the caller closes. */
    PartitionReader open(String topic, int partition) {
        return new PartitionReader(kafka, "heddle-history", new TopicPartition(topic, partition), PATIENCE, skipped);
    }
}
