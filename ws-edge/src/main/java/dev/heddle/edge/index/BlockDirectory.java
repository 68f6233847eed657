package dev.heddle.edge.index;

import dev.heddle.event.index.Block;
import dev.heddle.event.index.StandingBlocks;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The places of one partition's index records in the index, for the stretch of the index that was read: from some place
 * up to its end, without a hole. No later record that revokes an earlier one can thus be overlooked;
 * {@link StandingBlocks} has the rule.
 *
 * <p>Plain arrays, 24 bytes an index record, at most {@code capacity} of them. Its lock is held while it is used.
 */
final class BlockDirectory {
    private static final int ENTRY_BYTES = StandingBlocks.RECORD_BYTES + Long.BYTES;
    private static final int SMALLEST = 64;

    private final ReentrantLock lock = new ReentrantLock();
    private final int capacity;

    /**
     * The place where the index began when reading started; records that have expired since are noticed when they
     * cannot be read.
     */
    private long begin;

    private long low;
    private long high;
    private long end;
    private boolean loaded;
    private long quietUntil = System.nanoTime();
    private long awayUntil = quietUntil;

    private final StandingBlocks blocks = new StandingBlocks();

    /** The place of each record that was read. */
    private long[] places = new long[0];

    BlockDirectory(int capacity) {
        this.capacity = capacity;
    }

    /** The number of records that a directory of this many bytes has room for. */
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

    /** True if the end of the index was looked up lately and is not to be looked up again now. */
    boolean isQuiet() {
        return quietUntil - System.nanoTime() > 0;
    }

    void quietFor(long nanos) {
        quietUntil = System.nanoTime() + nanos;
    }

    /** True if Kafka did not answer lately and is not to be asked again now. */
    boolean isAway() {
        return awayUntil - System.nanoTime() > 0;
    }

    void awayFor(long nanos) {
        awayUntil = System.nanoTime() + nanos;
    }

    /** True if an index with this end is not the one that was read, or has grown by more than the capacity since. */
    boolean isAnotherIndexThan(long indexEnd) {
        return !loaded || indexEnd < high || indexEnd - high > capacity;
    }

    /** Starts anew on an index with these bounds, with no record read. */
    void restart(long indexBegin, long indexEnd) {
        forget();
        begin = indexBegin;
        low = indexEnd;
        high = indexEnd;
        end = indexEnd;
        loaded = true;
    }

    /** Sets the present end of the index. */
    void grown(long indexEnd) {
        end = indexEnd;
    }

    void forget() {
        loaded = false;
        blocks.clear();
    }

    /** True if the directory reaches to the end of the index: only then its records count. */
    boolean isCurrent() {
        return loaded && high == end;
    }

    /** True if the directory reaches back to the record of this block. */
    boolean reaches(long block) {
        return low <= begin || blocks.records() >= capacity || (blocks.size() > 0 && blocks.firstBlock() <= block);
    }

    /** The place from which on the index was read. */
    long low() {
        return low;
    }

    /** The place up to which the index was read. */
    long high() {
        return high;
    }

    /** The end of the index. */
    long end() {
        return end;
    }

    /**
     * The place before {@link #low} from which to read to find the record of a block, if there is one record a block.
     */
    long guess(long block, int atMost) {
        boolean isEmpty = blocks.size() == 0;
        long records = isEmpty ? 1 : (blocks.firstBlock() - block) / Block.OFFSETS + 2;
        if (isEmpty && low < end) {
            records = atMost; // the last records are no measure
        }
        return Math.max(begin, low - Math.min(records, atMost));
    }

    /** Adds the records that were read behind {@link #high}. */
    void append(IndexSlice read) {
        if (read.isHoled()) {
            long indexEnd = end;
            restart(read.from(), read.from());
            end = indexEnd;
        }
        int records = blocks.records();
        reserve(records + read.size());
        for (int i = 0; i < read.size(); i++) {
            places[records + i] = read.place(i);
            blocks.add(read.filter(i));
        }
        high = read.to();
    }

    /** Adds the records that were read before {@link #low}. */
    void prepend(IndexSlice read) {
        int added = read.size();
        int records = blocks.records();
        reserve(records + added);
        System.arraycopy(places, 0, places, added, records);
        for (int i = 0; i < added; i++) {
            places[i] = read.place(i);
        }
        blocks.addBefore(read.filters());
        low = read.from();
        if (read.isHoled()) {
            begin = low; // earlier records count as expired
        }
    }

    private void reserve(int length) {
        if (length > places.length) {
            places = Arrays.copyOf(places, Math.max(SMALLEST, Math.max(length, places.length + (places.length >> 1))));
        }
    }

    /** The place of the record that stands for a block; -1 if none is known. */
    long place(long block) {
        int record = blocks.at(block);
        return record < 0 ? -1 : places[record];
    }

    /** The count of the records that stand. */
    int size() {
        return blocks.size();
    }
}
