package dev.heddle.edge.socket;

/**
 * The limits of one edge.
 *
 * @param maxFrameBytes the largest message of a client, also in fragments
 * @param maxFragments fragments of one message of a client
 * @param connections connections in all
 * @param connectionsPerAddress connections from one client address
 * @param connectionsPerUser connections of one user; one more, and the oldest goes
 * @param unauthenticated sockets that are no stream yet or were refused one; one more, and the one that has been waited
 *     for longest goes, first of an address that has more than an eighth of them
 * @param connectsPerSecond requests from one client address in the long run
 * @param connectBurst requests from one client address at once
 * @param framesPerSecond frames a client may send in the long run
 * @param frameBurst frames a client may send at once
 * @param framesWhileNotReading frames a client may send while it does not read what it was sent
 * @param maxBodyBytes the largest body of a request, which holds a whole conversation
 * @param bodyBytes bodies that are read or worked on, together; a user may hold as much of it as is left
 * @param commandsPerSecond commands of one user in the long run, over all their connections; one more is
 *     {@code rate_limited}
 * @param commandBurst commands of one user at once
 */
public record LimitsConfig(
        int maxFrameBytes,
        int maxFragments,
        int connections,
        int connectionsPerAddress,
        int connectionsPerUser,
        int unauthenticated,
        int connectsPerSecond,
        int connectBurst,
        int framesPerSecond,
        int frameBurst,
        int framesWhileNotReading,
        int maxBodyBytes,
        int bodyBytes,
        int commandsPerSecond,
        int commandBurst) {

    /** The default of the largest body: what Kafka's own default takes as one record, with a reserve. */
    private static final int MAX_BODY_BYTES = 1_000 * 1024;

    public LimitsConfig {
        if (maxFrameBytes < 1024 || maxFrameBytes > 16 * 1024 * 1024) {
            throw new IllegalArgumentException("limits.maxFrameBytes must be between 1KiB and 16MiB");
        }
        if (maxBodyBytes < 1024 || bodyBytes / 2 < maxBodyBytes) {
            throw new IllegalArgumentException(
                    "limits.maxBodyBytes must be at least 1KiB, and limits.bodyBytes twice as much");
        }
        if (connections < 1 || connectionsPerAddress < 1 || connectionsPerUser < 1 || unauthenticated < 1) {
            throw new IllegalArgumentException("limits on connections must be at least 1");
        }
        if (framesPerSecond < 1 || frameBurst < 1 || framesWhileNotReading < 1 || maxFragments < 1) {
            throw new IllegalArgumentException("limits on frames must be at least 1");
        }
        if (connectsPerSecond < 1 || connectBurst < 1 || commandsPerSecond < 1 || commandBurst < 1) {
            throw new IllegalArgumentException("limits on connects and commands must be at least 1");
        }
    }

    /** The largest command that a client can send, by a frame or in a body, in bytes. */
    public int largestCommandBytes() {
        return Math.max(maxFrameBytes, maxBodyBytes);
    }

    /** The defaults. */
    public static LimitsConfig defaults() {
        return new LimitsConfig(
                64 * 1024,
                64,
                50_000,
                10_000,
                50,
                2_000,
                1_000,
                10_000,
                100,
                400,
                256,
                MAX_BODY_BYTES,
                64 * 1024 * 1024,
                50,
                500);
    }
}
