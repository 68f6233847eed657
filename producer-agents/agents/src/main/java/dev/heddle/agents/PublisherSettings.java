package dev.heddle.agents;

import dev.heddle.config.ByteSize;
import java.time.Duration;

/**
 * The settings of a publisher.
 *
 * @param partitions the configured partition count of {@code agent-events}; every publisher must have the same
 * @param linger the time that Kafka's client waits for more events of the same partition, 0 to 5 ms: more means fewer
 *     requests and later tokens
 * @param join the time that a text delta waits to be joined with the next ones; 0 for none
 * @param deliveryTimeout the time for which an unacknowledged event is retried before its publish fails
 * @param bounds what may be waiting for Kafka
 */
public record PublisherSettings(
        int partitions, Duration linger, Duration join, Duration deliveryTimeout, Bounds bounds) {

    public PublisherSettings {
        require(partitions >= 1 && partitions <= 100_000, "partitions must be 1 to 100000");
        require(!linger.isNegative() && linger.toMillis() <= 5, "linger must be 0 to 5 ms");
        require(!join.isNegative() && join.toMillis() <= 1_000, "join must be 0 to 1 s");
        require(deliveryTimeout.toMillis() >= 1_000, "deliveryTimeout must be at least 1 s");
    }

    public static PublisherSettings defaults() {
        return new PublisherSettings(
                64, Duration.ofMillis(1), Duration.ZERO, Duration.ofSeconds(60), Bounds.defaults());
    }

    public PublisherSettings withPartitions(int count) {
        return new PublisherSettings(count, linger, join, deliveryTimeout, bounds);
    }

    /**
     * The bounds on events that wait for Kafka. A run that reaches its bound waits; all runs together wait at
     * {@code bufferBytes}.
     *
     * @param eventBytes the largest stored event; a larger one is refused before it gets a number
     * @param runEvents unacknowledged events of one run
     * @param runBytes unacknowledged bytes of one run
     * @param bufferBytes unacknowledged bytes of the publisher
     */
    public record Bounds(ByteSize eventBytes, int runEvents, ByteSize runBytes, ByteSize bufferBytes) {
        public Bounds {
            require(
                    eventBytes.bytes() >= 1 << 10 && eventBytes.bytes() <= 100 << 20,
                    "eventBytes must be 1KiB to 100MiB");
            require(runEvents >= 1, "runEvents must be at least 1");
            require(runBytes.bytes() >= 1, "runBytes must be at least 1B");
            require(bufferBytes.bytes() >= 2 * eventBytes.bytes(), "bufferBytes must hold two of the largest events");
        }

        /** Just under Kafka's default largest batch of 1 MiB, which has to hold the record's key and headers too. */
        public static Bounds defaults() {
            return new Bounds(ByteSize.kibibytes(960), 1_000, ByteSize.mebibytes(1), ByteSize.mebibytes(64));
        }
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException(problem);
        }
    }
}
