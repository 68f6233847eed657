package dev.heddle.edge.socket;

import java.time.Duration;

/**
 * The lifetime of connections.
 *
 * @param heartbeat between pings; a peer that is silent for two of them is closed
 * @param maximumAge after which a connection is asked to come again, give or take a tenth; zero for never
 * @param drainWindow over which the clients of a closing edge are told to come back
 * @param cursorRefresh how often a quiet user's cursor is moved; the contract promises at least every 5 minutes
 * @param beginTimeout how long Kafka may take to say where a connection begins, before it is refused
 */
public record SessionConfig(
        Duration heartbeat, Duration maximumAge, Duration drainWindow, Duration cursorRefresh, Duration beginTimeout) {

    public SessionConfig {
        if (heartbeat.toSeconds() < 1) {
            throw new IllegalArgumentException("sessions.heartbeat must be at least 1s");
        }
        if (maximumAge.isNegative() || drainWindow.isNegative()) {
            throw new IllegalArgumentException("sessions.maximumAge and sessions.drainWindow must not be negative");
        }
        if (cursorRefresh.toSeconds() < 1 || cursorRefresh.compareTo(Duration.ofMinutes(5)) > 0) {
            throw new IllegalArgumentException("sessions.cursorRefresh must be between 1s and 5m");
        }
        if (heartbeat.compareTo(Duration.ofMinutes(5)) > 0 || beginTimeout.toMillis() < 100) {
            throw new IllegalArgumentException("sessions.heartbeat must be at most 5m, beginTimeout at least 100ms");
        }
    }

    /** The number of heartbeats between two refreshes of a cursor, at least 1. */
    int heartbeatsPerRefresh() {
        return (int) Math.max(1, cursorRefresh.toMillis() / heartbeat.toMillis());
    }

    /** The defaults. */
    public static SessionConfig defaults() {
        return new SessionConfig(
                Duration.ofSeconds(25),
                Duration.ofHours(4),
                Duration.ofSeconds(10),
                Duration.ofMinutes(2),
                Duration.ofSeconds(10));
    }
}
