package dev.heddle.event;

import java.util.UUID;

/**
 * The identity of a log: the id that Kafka gave the topic when it was created, and its partition count. They change
 * when the log is re-created or re-partitioned; a position in the old log is then meaningless in the new one.
 */
public record Generation(UUID topicId, int partitions) {
    public Generation {
        if (partitions < 1) {
            throw new IllegalArgumentException("partitions must be at least 1, not " + partitions);
        }
    }
}
