package dev.heddle.edge.command;

import java.time.Duration;

/**
 * The bounds of commands.
 *
 * @param pendingPerSession the most commands of one session that wait for Kafka's acknowledgement; one more is
 *     {@code rate_limited}
 * @param pending the most commands of the whole edge that wait to be handed to Kafka
 * @param timeout the longest time that a command waits for its acknowledgement before it is {@code unavailable}
 */
public record CommandConfig(int pendingPerSession, int pending, Duration timeout) {

    public CommandConfig {
        if (pendingPerSession < 1 || pending < 1) {
            throw new IllegalArgumentException("commands.pendingPerSession and commands.pending must be at least 1");
        }
        if (timeout.compareTo(Duration.ofMillis(100)) < 0) {
            throw new IllegalArgumentException("commands.timeout must be at least 100ms");
        }
    }

    /** The defaults. */
    public static CommandConfig defaults() {
        return new CommandConfig(16, 10_000, Duration.ofSeconds(10));
    }
}
