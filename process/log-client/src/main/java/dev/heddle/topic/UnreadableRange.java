package dev.heddle.topic;

import org.apache.kafka.common.TopicPartition;

/**
 * A range of retained offsets for which Kafka serves no record: a batch with a wrong checksum or a damaged header.
 * Readers skip it.
 *
 * @param from the first of them that was asked for
 * @param to the first offset behind them
 * @param reason Kafka's words, one line
 */
public record UnreadableRange(TopicPartition partition, long from, long to, String reason) {
    public UnreadableRange {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException("no range from " + from + " to " + to);
        }
    }

    /** The number of skipped offsets, transaction markers included. */
    public long offsets() {
        return to - from;
    }

    /** The partition and offsets as text for a person. */
    @Override
    public String toString() {
        return "partition " + partition.partition() + " offsets " + from + " to " + (to - 1);
    }
}
