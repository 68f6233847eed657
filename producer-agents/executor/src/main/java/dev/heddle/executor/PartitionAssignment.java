package dev.heddle.executor;

import dev.heddle.agents.Publisher;
import dev.heddle.event.CommandHeader;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One assignment of a command partition to this executor, from assigned to revoked.
 *
 * <pre>
 *   UNTAKEN ──first unsettled command──▶ TAKING ──the fence stands, the log is read──▶ TAKEN
 * </pre>
 *
 * <p>The offsets have three ranges. Commands before {@code resumeFrom} have ended and are read only for their ids. From
 * there to the end of the partition when the fence was taken, another process may have begun a command. No other
 * process has had the commands after that. Any thread may ask for the tracker of offsets, for the taken partition, and
 * the questions beginning with {@code is}; the rest belongs to the dispatch thread.
 */
final class PartitionAssignment {

    private static final long MOST_DEFERRED = 4 << 20;
    private static final int MOST_UNACKNOWLEDGED = 2_000;

    private final int partition;
    private final long resumeFrom;
    private final OffsetTracker offsets;
    private final CommandDeduplication seen;
    private final AtomicLong deferredBytes = new AtomicLong();
    private final AtomicInteger unacknowledged = new AtomicInteger();
    private boolean taking;
    private @Nullable PartitionHistory history;
    private volatile @Nullable TakenPartition taken;
    private volatile boolean released;

    PartitionAssignment(int partition, long resumeFrom, Duration dedup) {
        this.partition = partition;
        this.resumeFrom = resumeFrom;
        this.offsets = new OffsetTracker(resumeFrom);
        this.seen = new CommandDeduplication(dedup);
    }

    int partition() {
        return partition;
    }

    long resumeFrom() {
        return resumeFrom;
    }

    OffsetTracker offsets() {
        return offsets;
    }

    CommandDeduplication deduplication() {
        return seen;
    }

    boolean hasEnded(long offset) {
        return offset < resumeFrom;
    }

    /** The publisher for this assignment's commands. Only once it is taken. */
    Publisher publisher() {
        TakenPartition held = taken;
        if (held == null) {
            throw new IllegalStateException("the partition has not been taken over");
        }
        return held.fence().publisher();
    }

    /** The partition once it is taken over, null before. */
    @Nullable
    TakenPartition taken() {
        return taken;
    }

    /**
     * True if this assignment cannot append any more: the partition must be taken over again, or belongs to another
     * executor.
     */
    boolean isBroken() {
        TakenPartition held = taken;
        return held != null && held.fence().isBroken();
    }

    boolean isTaken() {
        return taken != null;
    }

    /** Counts a command that waits for the takeover; true the first time: the takeover has to begin. */
    boolean defer(long bytes) {
        deferredBytes.addAndGet(bytes);
        boolean first = !taking;
        taking = true;
        return first;
    }

    /** Notes that the partition is taken over, and that nothing waits for it any more. */
    void take(TakenPartition now) {
        taken = now;
        history = now.history();
        deferredBytes.set(0);
    }

    /**
     * True if no more of its commands are to be read for now: too much waits for the partition to be taken over, or too
     * many answers wait for Kafka. Any thread.
     */
    boolean isFull() {
        return deferredBytes.get() > MOST_DEFERRED || unacknowledged.get() > MOST_UNACKNOWLEDGED;
    }

    /** Counts an append outside runs until Kafka has acknowledged it. */
    <T> CompletionStage<T> counted(CompletionStage<T> append) {
        unacknowledged.incrementAndGet();
        return append.whenComplete((place, failure) -> unacknowledged.decrementAndGet());
    }

    /** The logged part of a run, if another process may have had the command at this offset; else null. */
    @Nullable
    LoggedRun loggedRun(RunKey run, long offset) {
        PartitionHistory known = historyFor(offset);
        return known == null ? null : known.of(run);
    }

    /** True if the log holds a reply to the command at this offset already. */
    boolean isAnswered(CommandHeader command, long offset) {
        PartitionHistory known = historyFor(offset);
        return known != null && known.isAnswered(command);
    }

    /** True if the run's user had asked to stop it before the partition was taken over. */
    boolean isCancelled(RunKey run) {
        TakenPartition held = taken;
        return held != null && held.ahead().cancelled().contains(run);
    }

    /**
     * The history if another process may have had this offset, else null. Offsets come in order, so the first one
     * beyond the history drops it.
     */
    private @Nullable PartitionHistory historyFor(long offset) {
        TakenPartition held = taken;
        if (held != null && history != null && offset >= held.ahead().end()) {
            history = null;
            taken = held.withoutPast();
        }
        return history;
    }

    boolean isReleased() {
        return released;
    }

    void release() {
        released = true;
        deferredBytes.set(0);
        history = null;
    }
}
