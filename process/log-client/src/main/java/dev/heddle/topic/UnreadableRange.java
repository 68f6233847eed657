package dev.heddle.topic;

import org.apache.kafka.common.TopicPartition;

/**
 * Offsets of a partition that Kafka serves no record of, although they are kept: a batch with a wrong checksum, or one
 * whose header is damaged. Readers skip them.
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

    /** The number of offsets that are skipped; transaction markers are among them. */
    public long offsets() {
        return to - from;
    }

    /** Partition and offsets in words, for a person. */
    @Override
    public String toString() {
        return "partition " + partition.partition() + " offsets " + from + " to " + (to - 1);
    }
}
