package dev.heddle.edge.hub;

import java.time.Duration;

/**
 * The bounds of delivery.
 *
 * @param windowBytes the bound on all windows of the edge together, at least 1 KiB; 64 MiB or more is recommended
 * @param inFlightBytes the bound on all bytes on their way to clients: frames, and records that catch-up has read for
 *     them. A quarter is for frames of usual size; an event larger than its part is sent alone
 * @param catchUpBytes the bound on records that catch-up has read and not handed on yet
 * @param frameBytes the bound on one events frame, unless a single event is larger; 4 KiB to 256 KiB
 * @param joinRecords the largest distance in records from the end of a partition at which its tail begins, for sessions
 *     that wait there; sessions further back catch up
 * @param lookBackRecords the most records that a backward scan reads for a snapshot or a {@code last:N}
 * @param blockRecords the number of offsets that a backward scan reads at a time; catch-up skips at least half as many,
 *     because a skip discards fetched records
 * @param linger the time for which a partition is tailed after its last session has left
 * @param catchUpReaders the number of catch-up readers, 1 to 16
 */
public record HubConfig(
        long windowBytes,
        long inFlightBytes,
        long catchUpBytes,
        int frameBytes,
        int joinRecords,
        int lookBackRecords,
        int blockRecords,
        Duration linger,
        int catchUpReaders) {
    private static final int KIB = 1024;
    private static final int MIB = KIB * KIB;

    public HubConfig {
        atLeast("windowBytes", windowBytes, KIB);
        atLeast("inFlightBytes", inFlightBytes, KIB);
        atLeast("catchUpBytes", catchUpBytes, KIB);
        atLeast("frameBytes", frameBytes, 4 * KIB);
        atLeast("joinRecords", joinRecords, 0);
        atLeast("lookBackRecords", lookBackRecords, 1);
        atLeast("blockRecords", blockRecords, 2);
        atLeast("catchUpReaders", catchUpReaders, 1);
        if (frameBytes > 256 * KIB) {
            throw new IllegalArgumentException("frameBytes is at most " + 256 * KIB + ", not " + frameBytes);
        }
        if (catchUpReaders > 16) {
            throw new IllegalArgumentException("catchUpReaders is at most 16, not " + catchUpReaders);
        }
        if (linger.isNegative()) {
            throw new IllegalArgumentException("linger is not negative, but " + linger);
        }
    }

    /** The defaults. */
    public static HubConfig defaults() {
        return new HubConfig(
                256L * MIB, 64L * MIB, 64L * MIB, 64 * KIB, 20_000, 100_000, 4096, Duration.ofSeconds(60), 2);
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is at least " + least + ", not " + value);
        }
    }
}
