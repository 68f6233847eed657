package dev.heddle.edge.log;

import dev.heddle.event.index.Block;
import dev.heddle.event.index.BlockFilter;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where in one partition of the index the record of each block lies, for the stretch of the index that was read: from
 * some place up to its end, without a hole. Thus nothing that was appended later and takes back what an earlier record
 * says can be overlooked:
 *
 * <ul>
 *   <li>the later record of a block stands for it;
 *   <li>a rewind takes back all that was indexed before it from its block on;
 *   <li>leader epochs only grow along a log: a record with a lower epoch than that of a block before it was made from a
 *       log that was cut since.
 * </ul>
 *
 * <p>Plain arrays, 24 bytes an index record, at most {@code capacity} of them. Whoever uses it holds its lock.
 */
final class BlockDirectory {
    private static final int ENTRY_BYTES = 24;
    private static final int SMALLEST = 64;

    private final ReentrantLock lock = new ReentrantLock();
    private final int capacity;

    /** Where the index began when reading started; what has expired since shows when it cannot be read. */
    private long begin;

    private long low;
    private long high;
    private long end;
    private boolean loaded;
    private long quietUntil = System.nanoTime();
    private long awayUntil = quietUntil;

    private long[] places = new long[0];
    /** Block starts; a rewind's has its lowest bit set, which no start has. */
    private long[] starts = new long[0];

    private int[] epochs = new int[0];
    private int size;

    /** The records that stand, as indexes into the arrays above, by block. */
    private int[] valid = new int[0];

    private int validSize;

    BlockDirectory(int capacity) {
        this.capacity = capacity;
    }

    /** How many records a directory may have in so many bytes. */
    static int capacityOf(long bytes) {
        return (int) Math.min(Integer.MAX_VALUE / 2, bytes / ENTRY_BYTES);
    }

    /** Takes the lock, unless that takes too long. */
    boolean lock(Deadline deadline) throws InterruptedException {
        return lock.tryLock(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
    }

    void unlock() {
        lock.unlock();
    }

    /** Whether Kafka is not to be asked now for the end of the index, since that was done not long ago. */
    boolean isQuiet() {
        return quietUntil - System.nanoTime() > 0;
    }

    void quietFor(long nanos) {
        quietUntil = System.nanoTime() + nanos;
    }

    /** Whether Kafka is not to be asked anything now, since it lately did not answer. */
    boolean isAway() {
        return awayUntil - System.nanoTime() > 0;
    }

    void awayFor(long nanos) {
        awayUntil = System.nanoTime() + nanos;
    }

    /** Whether an index that ends there cannot be the one that was read, or has grown out of reach since. */
    boolean isAnotherIndexThan(long indexEnd) {
        return !loaded || indexEnd < high || indexEnd - high > capacity;
    }

    /** Knows nothing yet of an index with these bounds, but that nothing comes behind it. */
    void restart(long indexBegin, long indexEnd) {
        forget();
        begin = indexBegin;
        low = indexEnd;
        high = indexEnd;
        end = indexEnd;
        loaded = true;
    }

    /** Notes where the index ends by now. */
    void grown(long indexEnd) {
        end = indexEnd;
    }

    void forget() {
        loaded = false;
        size = 0;
        validSize = 0;
    }

    /** Whether all is known that was appended lately, so that what is known counts. */
    boolean isCurrent() {
        return loaded && high == end;
    }

    /** Whether the record of this block, if there is one that stands, is known. */
    boolean reaches(long block) {
        return low <= begin || size >= capacity || (validSize > 0 && starts[valid[0]] <= block);
    }

    /** The place from which on the index was read. */
    long low() {
        return low;
    }

    /** The place up to which the index was read. */
    long high() {
        return high;
    }

    /** Where the index ends. */
    long end() {
        return end;
    }

    /** From how far before {@link #low} the record of a block is to be read, if there is one record a block. */
    long guess(long block, int atMost) {
        long records = validSize == 0 ? 1 : (starts[valid[0]] - block) / Block.OFFSETS + 2;
        if (validSize == 0 && low < end) {
            records = atMost; // the last ones say nothing
        }
        return Math.max(begin, low - Math.min(records, atMost));
    }

    /** Adds what was read behind {@link #high}. */
    void append(IndexStretch read) {
        if (read.isHoled()) {
            long indexEnd = end;
            restart(read.from(), read.from());
            end = indexEnd;
        }
        reserve(size + read.size());
        int first = size;
        copy(read, size);
        size += read.size();
        high = read.to();
        for (int i = first; i < size; i++) {
            apply(i);
        }
    }

    /** Adds what was read before {@link #low}. */
    void prepend(IndexStretch read) {
        int added = read.size();
        reserve(size + added);
        System.arraycopy(places, 0, places, added, size);
        System.arraycopy(starts, 0, starts, added, size);
        System.arraycopy(epochs, 0, epochs, added, size);
        copy(read, 0);
        size += added;
        low = read.from();
        if (read.isHoled()) {
            begin = low; // what lies further back is as good as expired
        }
        validSize = 0;
        for (int i = 0; i < size; i++) {
            apply(i);
        }
    }

    private void reserve(int length) {
        if (length > places.length) {
            int larger = Math.max(SMALLEST, Math.max(length, places.length + (places.length >> 1)));
            places = Arrays.copyOf(places, larger);
            starts = Arrays.copyOf(starts, larger);
            epochs = Arrays.copyOf(epochs, larger);
            valid = Arrays.copyOf(valid, larger);
        }
    }

    private void copy(IndexStretch read, int to) {
        for (int i = 0; i < read.size(); i++) {
            BlockFilter filter = read.filter(i);
            places[to + i] = read.place(i);
            starts[to + i] = filter.block().start() | (filter.isRewind() ? 1 : 0);
            epochs[to + i] = filter.cover().leaderEpoch();
        }
    }

    private void apply(int record) {
        long start = starts[record] & -2;
        int at = firstValid(start);
        if (start != starts[record]) {
            validSize = at;
            return;
        }
        int behind = at < validSize && starts[valid[at]] == start ? at + 1 : at;
        if (behind > 0 && epochs[valid[behind - 1]] > epochs[record]) {
            return; // of a log that was cut
        }
        while (behind < validSize && starts[valid[behind]] > start && epochs[valid[behind]] < epochs[record]) {
            behind++;
        }
        System.arraycopy(valid, behind, valid, at + 1, validSize - behind);
        valid[at] = record;
        validSize += at + 1 - behind;
    }

    /** The place of the record that stands for a block; -1 if none is known. */
    long place(long block) {
        int at = firstValid(block);
        return at < validSize && starts[valid[at]] == block ? places[valid[at]] : -1;
    }

    /** How many records stand. */
    int size() {
        return validSize;
    }

    /** The first of the valid ones whose block does not lie before this. */
    private int firstValid(long block) {
        int from = 0;
        int to = validSize;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (starts[valid[middle]] < block) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }
}
