package dev.heddle.edge.socket;

import java.time.Duration;

/**
 * The lifetime of connections.
 *
 * @param heartbeat the interval between pings; a peer that is silent for two of them is closed
 * @param maximumAge the age at which a connection is asked to reconnect, give or take a tenth; zero for none
 * @param drainWindow the time over which the clients of a closing edge are told to reconnect
 * @param cursorRefresh the interval at which a quiet user's cursor is moved; the contract promises at least every 5
 *     minutes
 * @param beginTimeout the time that Kafka has to resolve the start of a connection before it is refused
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
