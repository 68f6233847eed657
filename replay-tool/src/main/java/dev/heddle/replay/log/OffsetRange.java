package dev.heddle.replay.log;

/**
 * A range of offsets of one partition.
 *
 * @param from the first offset
 * @param to the first offset behind the range, not before {@code from}
 */
public record OffsetRange(int partition, long from, long to) {
    public OffsetRange {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("no offsets from " + from + " to " + to);
        }
    }

    /** The number of offsets, transaction markers included. */
    public long length() {
        return to - from;
    }

    /** The part of this range between two offsets; empty if there is none. */
    public OffsetRange within(long atLeast, long atMost) {
        long begin = Math.min(to, Math.max(from, atLeast));
        return new OffsetRange(partition, begin, Math.max(begin, Math.min(to, atMost)));
    }
}
