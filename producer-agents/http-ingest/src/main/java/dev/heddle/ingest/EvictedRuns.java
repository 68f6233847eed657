package dev.heddle.ingest;

import java.util.Arrays;

/**
 * The offsets of the last events of evicted runs, of which nothing else is kept: an open-addressed table from a run's
 * digest to an offset, 16 bytes a slot, bounded in bytes. Two runs of the same digest share a slot, which then has the
 * later offset; a search that begins there and goes backwards finds both. Not thread-safe.
 */
final class EvictedRuns {

    static final long NONE = -1;

    private static final int SLOT_BYTES = 2 * Long.BYTES;
    private static final int LEAST = 64;

    private final int mostSlots;
    private long[] digests = new long[LEAST];
    /** The offsets plus 1; 0 in a free slot. */
    private long[] offsets = new long[LEAST];

    private int count;

    EvictedRuns(long mostBytes) {
        long slots = Long.highestOneBit(Math.max(LEAST, mostBytes / SLOT_BYTES));
        this.mostSlots = (int) Math.min(1 << 26, slots);
    }

    /** The offset of the run's last event, or {@link #NONE}. */
    long find(long digest) {
        return offsets[slot(digest)] - 1;
    }

    /** Adds an event of this run; false, and nothing added, if there is no room for one more run. */
    boolean add(long digest, long offset) {
        int slot = slot(digest);
        if (offsets[slot] == 0) {
            if (4 * (count + 1L) > 3L * offsets.length && !grow()) {
                return false;
            }
            slot = slot(digest);
            digests[slot] = digest;
            count++;
        }
        offsets[slot] = Math.max(offsets[slot], offset + 1);
        return true;
    }

    /** Drops the half of the runs with the lowest offsets; returns the offset from which on no run has been dropped. */
    long dropOlderHalf() {
        long[] sorted =
                Arrays.stream(offsets).filter(offset -> offset > 0).sorted().toArray();
        long least = sorted[sorted.length / 2] + 1;
        refill(offsets.length, least);
        return least - 1;
    }

    private boolean grow() {
        if (offsets.length >= mostSlots) {
            return false;
        }
        refill(2 * offsets.length, 1);
        return true;
    }

    private void refill(int slots, long least) {
        long[] oldDigests = digests;
        long[] oldOffsets = offsets;
        digests = new long[slots];
        offsets = new long[slots];
        count = 0;
        for (int i = 0; i < oldOffsets.length; i++) {
            if (oldOffsets[i] >= least) {
                int slot = slot(oldDigests[i]);
                digests[slot] = oldDigests[i];
                offsets[slot] = oldOffsets[i];
                count++;
            }
        }
    }

    /** The run's slot, or the free one that it would take. */
    private int slot(long digest) {
        int mask = offsets.length - 1;
        int slot = (int) (digest ^ (digest >>> 32)) & mask;
        while (offsets[slot] != 0 && digests[slot] != digest) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}
