package dev.heddle.event.topic;

import java.time.Duration;

/**
 * The layout of the topics.
 *
 * @param partitions the partition count of the log, its commands and its index; another count makes another generation
 * @param replication the number of copies of each record
 * @param minInsyncReplicas the number of copies that must have a record before it counts
 * @param retention the age up to which events are kept
 */
public record TopicLayout(int partitions, short replication, short minInsyncReplicas, Duration retention) {
    public TopicLayout {
        if (partitions < 1) {
            throw new IllegalArgumentException("partitions must be at least 1, not " + partitions);
        }
        if (replication < 1) {
            throw new IllegalArgumentException("replication must be at least 1, not " + replication);
        }
        if (minInsyncReplicas < 1 || minInsyncReplicas > replication) {
            throw new IllegalArgumentException(
                    "minInsyncReplicas must be 1 to " + replication + " (the replication), not " + minInsyncReplicas);
        }
        if (retention.isNegative() || retention.isZero()) {
            throw new IllegalArgumentException("retention must be positive, not " + retention);
        }
    }

    /**
     * The layout for production: 64 partitions, three copies of which two must be in sync, and seven days of retention.
     */
    public static TopicLayout production() {
        return new TopicLayout(64, (short) 3, (short) 2, Duration.ofDays(7));
    }

    /** The layout for one broker: 64 partitions, one copy, and seven days of retention. */
    public static TopicLayout local() {
        return new TopicLayout(64, (short) 1, (short) 1, Duration.ofDays(7));
    }

    public TopicLayout withPartitions(int partitions) {
        return new TopicLayout(partitions, replication, minInsyncReplicas, retention);
    }

    public TopicLayout withRetention(Duration retention) {
        return new TopicLayout(partitions, replication, minInsyncReplicas, retention);
    }
}
