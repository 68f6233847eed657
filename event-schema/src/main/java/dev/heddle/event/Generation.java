package dev.heddle.event;

import java.util.UUID;

/**
 * The identity of a log: the id that Kafka gave the topic when it was created, and its partition count. Both change
 * when the log is re-created or re-partitioned, and then no position in the old one means anything in the new one.
 */
public record Generation(UUID topicId, int partitions) {
    public Generation {
        if (partitions < 1) {
            throw new IllegalArgumentException("partitions must be at least 1, not " + partitions);
        }
    }
}
