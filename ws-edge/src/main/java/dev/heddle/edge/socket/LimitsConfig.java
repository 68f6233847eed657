package dev.heddle.edge.socket;

/**
 * The limits of one edge.
 *
 * @param maxFrameBytes the largest message of a client, also in fragments
 * @param connections connections in all
 * @param connectionsPerAddress connections from one client address
 * @param connectionsPerUser connections of one user; one more, and the oldest goes
 * @param unauthenticated sockets that have not made their request yet
 * @param framesPerSecond frames a client may send in the long run
 * @param frameBurst frames a client may send at once
 * @param framesWhileNotReading frames a client may send while it does not read what it was sent
 */
public record LimitsConfig(
        int maxFrameBytes,
        int connections,
        int connectionsPerAddress,
        int connectionsPerUser,
        int unauthenticated,
        int framesPerSecond,
        int frameBurst,
        int framesWhileNotReading) {

    public LimitsConfig {
        if (maxFrameBytes < 1024 || maxFrameBytes > 16 * 1024 * 1024) {
            throw new IllegalArgumentException("limits.maxFrameBytes must be between 1KiB and 16MiB");
        }
        if (connections < 1 || connectionsPerAddress < 1 || connectionsPerUser < 1 || unauthenticated < 1) {
            throw new IllegalArgumentException("limits on connections must be at least 1");
        }
        if (framesPerSecond < 1 || frameBurst < 1 || framesWhileNotReading < 1) {
            throw new IllegalArgumentException("limits on frames must be at least 1");
        }
    }

    /** What holds unless configured. */
    public static LimitsConfig defaults() {
        return new LimitsConfig(64 * 1024, 50_000, 10_000, 50, 2_000, 100, 400, 256);
    }
}
