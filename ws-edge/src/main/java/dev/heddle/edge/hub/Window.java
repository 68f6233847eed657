package dev.heddle.edge.hub;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The recent records of one partition in memory, with a chain of each user's own records through them.
 *
 * <p><b>Shape.</b> A ring of slots, addressed by a sequence that grows by one a record (offsets have gaps). A slot has
 * the record and the sequence of the same user's next one. Slots, not linked nodes: a slow reader that holds a node
 * would keep everything behind it alive, whereas one that holds a sequence keeps nothing.
 *
 * <p><b>Threads.</b> The tail thread appends and evicts; any event loop reads. Appending writes slots and then
 * publishes the new {@code end} with one release store a batch. Evicting publishes the new {@code start} first and
 * clears slots after it. A reader that acquires the end thus sees every slot before it. A reader that reads a slot and
 * afterwards finds the start still at or before that slot has read it whole; otherwise it discards the read. That is a
 * sequence lock without the lock.
 *
 * <p><b>Quiet users.</b> Before the new {@code start} is published, each chain stores the offset up to which its own
 * records are evicted. A session whose offset lies before the start, but behind its user's last evicted record, still
 * reads from here: the eviction of other users' records does not matter to it.
 *
 * <p>{@code start} and {@code end} carry sequence, offset and leader epoch in one immutable object, so that the three
 * never disagree.
 */
final class Window {
    /** The most slots of one window; each takes 24 bytes. */
    static final int MAX_SLOTS = 1 << 22;

    private static final int FIRST_SLOTS = 64;
    private static final VarHandle START;
    private static final VarHandle END;
    private static final VarHandle RING;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            START = lookup.findVarHandle(Window.class, "start", Mark.class);
            END = lookup.findVarHandle(Window.class, "end", Mark.class);
            RING = lookup.findVarHandle(Window.class, "ring", Ring.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A border of the window: everything at or after (start) or before (end) it. */
    record Mark(long sequence, long offset, int leaderEpoch) {}

    /** The outcome of a read. */
    enum Read {
        /** All of the user's records up to the end of the window are in the batch. */
        TO_END,
        /** The batch is full; the user has more. */
        FULL,
        /** The user's records from the offset on are not all here any more, or never were: the batch is void. */
        BEFORE
    }

    private static final class Ring {
        final @Nullable LogRecord[] records;
        final @Nullable RecordChain[] chains;
        final long[] next;
        final int mask;

        Ring(int slots) {
            records = new LogRecord[slots];
            chains = new RecordChain[slots];
            next = new long[slots];
            mask = slots - 1;
        }

        Ring grown(long from, long to) {
            Ring larger = new Ring(records.length * 2);
            for (long sequence = from; sequence < to; sequence++) {
                int here = (int) sequence & mask;
                int there = (int) sequence & larger.mask;
                larger.records[there] = records[here];
                larger.chains[there] = chains[here];
                larger.next[there] = next[here];
            }
            return larger;
        }
    }

    private final ByteBudget budget;
    private final Consumer<RecordChain> emptied;
    private final long origin; // the offset from which on every record has been here
    private Mark start;

    @SuppressWarnings("UnusedVariable") // read through END
    private Mark end;

    private Ring ring = new Ring(FIRST_SLOTS);
    private long appended; // tail thread: the sequence that the next record gets

    /**
     * An empty window that begins at a mark. Its sequence goes on from the partition's last window's.
     *
     * @param emptied told, on the tail thread, of each chain that has lost its last record
     */
    Window(Mark start, ByteBudget budget, Consumer<RecordChain> emptied) {
        this.start = start;
        this.origin = start.offset();
        this.end = start;
        this.appended = start.sequence();
        this.budget = budget;
        this.emptied = emptied;
    }

    Mark start() {
        return (Mark) START.getAcquire(this);
    }

    Mark end() {
        return (Mark) END.getAcquire(this);
    }

    // ---- the tail thread's side

    /** Takes a record in; readers see it from the next {@link #publish} on. Evicts if there are no more slots. */
    void append(LogRecord record, RecordChain chain) {
        if (appended - start.sequence() == ring.records.length) {
            makeRoom();
        }
        long sequence = appended++;
        int slot = (int) sequence & ring.mask;
        record.enterWindow(budget);
        ring.records[slot] = record;
        ring.chains[slot] = chain;
        ring.next[slot] = RecordChain.NONE;
        if (chain.first() == RecordChain.NONE) {
            chain.first(sequence);
        } else {
            ring.next[(int) chain.last() & ring.mask] = sequence;
        }
        chain.last(sequence);
    }

    private void makeRoom() {
        if (ring.records.length < MAX_SLOTS) {
            RING.setRelease(this, ring.grown(start.sequence(), appended));
        } else {
            evict(Math.max(1, MAX_SLOTS / 64));
        }
    }

    /** Lets readers see the appended records. */
    void publish(long nextOffset, int leaderEpoch) {
        END.setRelease(this, new Mark(appended, nextOffset, leaderEpoch));
    }

    /**
     * The time at which the log took the oldest record, in ms since the epoch; {@code Long.MAX_VALUE} if there is none.
     */
    long oldestTimestamp() {
        LogRecord oldest = isEmpty() ? null : ring.records[(int) start.sequence() & ring.mask];
        return oldest == null ? Long.MAX_VALUE : oldest.timestamp();
    }

    boolean isEmpty() {
        return start.sequence() == appended;
    }

    /** Drops the oldest records, and tells of each chain that has lost its last one. */
    void evict(int count) {
        long from = start.sequence();
        long to = Math.min(from + count, appended);
        if (to == from) {
            return;
        }
        for (long sequence = from; sequence < to; sequence++) {
            int slot = (int) sequence & ring.mask;
            LogRecord record = ring.records[slot];
            RecordChain chain = ring.chains[slot];
            if (record != null && chain != null) {
                chain.evictedBefore(record.offset() + 1);
            }
        }
        LogRecord lastOut = ring.records[(int) (to - 1) & ring.mask];
        if (lastOut == null) {
            throw new IllegalStateException("an empty slot at sequence " + (to - 1));
        }
        START.setRelease(this, new Mark(to, lastOut.offset() + 1, lastOut.leaderEpoch()));
        VarHandle.fullFence(); // what the chains were told, then the new start, then any cleared slot
        for (long sequence = from; sequence < to; sequence++) {
            int slot = (int) sequence & ring.mask;
            LogRecord record = ring.records[slot];
            RecordChain chain = ring.chains[slot];
            if (record != null && chain != null) {
                record.leaveWindow(budget);
                chain.first(ring.next[slot]);
                if (ring.next[slot] == RecordChain.NONE) {
                    emptied.accept(chain);
                }
            }
            ring.records[slot] = null;
            ring.chains[slot] = null;
        }
    }

    // ---- the event loops' side

    /**
     * Copies a user's next records into a batch, from an offset on.
     *
     * @param offset where the session stands
     * @param batch empty; its hint, if it has one, is the sequence of a record of this user before {@code offset}
     */
    Read read(RecordChain chain, long offset, ReadBatch batch) {
        Mark seenEnd = end();
        Ring slots = (Ring) RING.getAcquire(this);
        long sequence = firstSequence(chain, slots, batch.hint());
        boolean full = false;
        while (sequence != RecordChain.NONE && sequence < seenEnd.sequence()) {
            int slot = (int) sequence & slots.mask;
            LogRecord record = slots.records[slot];
            long next = slots.next[slot];
            if (isEvicted(sequence) || record == null) {
                if (isLost(chain, offset)) {
                    return Read.BEFORE;
                }
                batch.restart(); // it was evicted under us, but lay before our offset
                Thread.onSpinWait();
                sequence = chain.first();
                continue;
            }
            if (record.offset() >= offset && !batch.add(record)) {
                full = true;
                break;
            }
            batch.hint(sequence);
            sequence = next;
        }
        VarHandle.acquireFence();
        if (isLost(chain, offset)) { // something that we did not even see may be gone
            return Read.BEFORE;
        }
        if (full) {
            return Read.FULL;
        }
        batch.advanceTo(seenEnd.offset(), seenEnd.leaderEpoch());
        return Read.TO_END;
    }

    /**
     * True if a record of this user at or after the offset has been evicted, or may have passed before the window
     * began.
     */
    private boolean isLost(RecordChain chain, long offset) {
        return offset < start().offset() && (offset < origin || offset < chain.evictedBefore());
    }

    private long firstSequence(RecordChain chain, Ring slots, long hint) {
        if (hint != RecordChain.NONE && !isEvicted(hint)) {
            long next = slots.next[(int) hint & slots.mask];
            if (!isEvicted(hint)) {
                return next;
            }
        }
        return chain.first();
    }

    /** True if a slot may hold another record by now; to be called after the slot was read. */
    private boolean isEvicted(long sequence) {
        VarHandle.acquireFence();
        return sequence < start().sequence();
    }
}
