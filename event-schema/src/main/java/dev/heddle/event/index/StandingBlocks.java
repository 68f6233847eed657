package dev.heddle.event.index;

import java.util.Arrays;
import java.util.List;

/**
 * The valid ("standing") index records of one partition, for a part of the index that was read without a gap up to its
 * end. Validity follows from three rules:
 *
 * <ul>
 *   <li>the later record of a block replaces an earlier one;
 *   <li>a rewind invalidates all earlier records from its block on;
 *   <li>leader epochs only grow along a log, so a record with a lower epoch than that of an earlier block is invalid:
 *       it was made from a log that has been truncated since.
 * </ul>
 *
 * <p>Records are numbered 0, 1, 2, … in the order of the index. {@link BlockFilter#decode} refuses a record of another
 * log or partition, or with unknown parameters; a {@link BlockFilter.Match} gives the offsets that a record covers.
 *
 * <p>Plain arrays, {@value #RECORD_BYTES} bytes a record. For one thread.
 */
public final class StandingBlocks {
    /** The memory of one record, in bytes. */
    public static final int RECORD_BYTES = Long.BYTES + 2 * Integer.BYTES;

    private static final int SMALLEST = 64;

    /** The block start of each record; a rewind's has its lowest bit set, which no start has. */
    private long[] starts = new long[0];

    private int[] epochs = new int[0];
    private int records;

    /** The numbers of the standing records, by block. */
    private int[] standing = new int[0];

    private int size;

    /** Adds the next record of the index. */
    public void add(BlockFilter record) {
        reserve(records + 1);
        copy(record, records);
        apply(records++);
    }

    /** Adds records that are before all others, in the order of the index; they get the first numbers. */
    public void addBefore(List<BlockFilter> earlier) {
        int added = earlier.size();
        reserve(records + added);
        System.arraycopy(starts, 0, starts, added, records);
        System.arraycopy(epochs, 0, epochs, added, records);
        for (int i = 0; i < added; i++) {
            copy(earlier.get(i), i);
        }
        records += added;
        size = 0;
        for (int i = 0; i < records; i++) {
            apply(i);
        }
    }

    /** Removes all records. */
    public void clear() {
        records = 0;
        size = 0;
    }

    private void reserve(int length) {
        if (length > starts.length) {
            int larger = Math.max(SMALLEST, Math.max(length, starts.length + (starts.length >> 1)));
            starts = Arrays.copyOf(starts, larger);
            epochs = Arrays.copyOf(epochs, larger);
            standing = Arrays.copyOf(standing, larger);
        }
    }

    private void copy(BlockFilter record, int to) {
        starts[to] = record.block().start() | (record.isRewind() ? 1 : 0);
        epochs[to] = record.cover().leaderEpoch();
    }

    private void apply(int record) {
        long start = starts[record] & -2;
        int at = firstFrom(start);
        if (start != starts[record]) {
            size = at;
            return;
        }
        int behind = at < size && starts[standing[at]] == start ? at + 1 : at;
        if (behind > 0 && epochs[standing[behind - 1]] > epochs[record]) {
            return; // of a log that was cut
        }
        while (behind < size && starts[standing[behind]] > start && epochs[standing[behind]] < epochs[record]) {
            behind++;
        }
        System.arraycopy(standing, behind, standing, at + 1, size - behind);
        standing[at] = record;
        size += at + 1 - behind;
    }

    /** The number of the standing record of the block that starts here; -1 if there is none. */
    public int at(long blockStart) {
        int at = firstFrom(blockStart);
        return at < size && starts[standing[at]] == blockStart ? standing[at] : -1;
    }

    /** The start of the first block with a standing record; -1 if there is none. */
    public long firstBlock() {
        return size == 0 ? -1 : starts[standing[0]];
    }

    /** The number of all records. */
    public int records() {
        return records;
    }

    /** The number of standing records. */
    public int size() {
        return size;
    }

    /** The index of the first standing record whose block starts at or after this offset. */
    private int firstFrom(long blockStart) {
        int from = 0;
        int to = size;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (starts[standing[middle]] < blockStart) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }
}
