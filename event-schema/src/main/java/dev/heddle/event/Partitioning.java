package dev.heddle.event;

import org.apache.kafka.common.utils.Utils;

/**
 * The partition of a user's records: Kafka's murmur2 of the key's bytes, made positive, modulo the <em>configured</em>
 * count. It equals the default of Kafka's Java client; clients in other languages hash differently, so a publisher
 * passes the partition. {@code partition-vectors.json} among the resources has vectors to test against.
 */
public final class Partitioning {
    private Partitioning() {}

    /**
     * The partition of this user's records, 0 to {@code partitions - 1}.
     *
     * @param partitions at least 1
     */
    public static int partitionOf(UserKey user, int partitions) {
        if (partitions < 1) {
            throw new IllegalArgumentException("partitions must be at least 1, not " + partitions);
        }
        return Utils.toPositive(user.murmur2()) % partitions;
    }
}
