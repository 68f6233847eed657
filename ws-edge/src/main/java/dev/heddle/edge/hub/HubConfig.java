package dev.heddle.edge.hub;

import java.time.Duration;

/**
 * The bounds of delivery.
 *
 * @param windowBytes what all windows of the edge hold at most, 1 KiB at least; an edge wants 64 MiB or more
 * @param inFlightBytes what is on its way to clients at most: frames, and what catch-up has read for them; a quarter is
 *     for frames of usual size, and an event larger than its part goes alone
 * @param catchUpBytes what catch-up holds at most of records read but not yet handed on
 * @param frameBytes what one events frame holds at most, unless one event is larger; 4 KiB to 256 KiB
 * @param joinRecords how many records before the end a partition's tail begins at most, for sessions that wait there;
 *     those further back catch up
 * @param lookBackRecords how many records a snapshot or a {@code last:N} reads at most
 * @param blockRecords how many offsets look-back reads at a time; catch-up skips no fewer than half of it, for what was
 *     read ahead is thrown away then
 * @param linger how long a partition is tailed after its last session has left
 * @param catchUpReaders how many readers catch-up has, 1 to 16
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

    /** What an edge uses unless told otherwise. */
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
