package dev.heddle.executor;

import dev.heddle.agents.Publisher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
 * <p>Three ranges of offsets: before {@code resumeFrom} everything has ended, it is read only to know the ids; from
 * there to the end of the commands when the fence stood another process may have begun it; after that nobody else has
 * had it. The ledger, the ground and the questions beginning with {@code is} may be asked on any thread, the rest
 * belongs to the dispatch thread.
 */
final class Claim {

    private static final long MOST_DEFERRED = 4 << 20;
    private static final int MOST_UNACKNOWLEDGED = 2_000;

    private final int partition;
    private final long resumeFrom;
    private final OffsetLedger ledger;
    private final SeenCommands seen;
    private final List<CommandRecord> deferred = new ArrayList<>();
    private final AtomicLong deferredBytes = new AtomicLong();
    private final AtomicInteger unacknowledged = new AtomicInteger();
    private boolean taking;
    private RunHistory.@Nullable Traces traces;
    private volatile Takeover.@Nullable Ground ground;
    private volatile boolean released;

    Claim(int partition, long resumeFrom, Duration dedup) {
        this.partition = partition;
        this.resumeFrom = resumeFrom;
        this.ledger = new OffsetLedger(resumeFrom);
        this.seen = new SeenCommands(dedup);
    }

    int partition() {
        return partition;
    }

    long resumeFrom() {
        return resumeFrom;
    }

    OffsetLedger ledger() {
        return ledger;
    }

    SeenCommands seen() {
        return seen;
    }

    boolean hasEnded(long offset) {
        return offset < resumeFrom;
    }

    /** What appends for this claim's commands. Only once it is taken. */
    Publisher publisher() {
        Takeover.Ground taken = ground;
        if (taken == null) {
            throw new IllegalStateException("the partition has not been taken over");
        }
        return taken.fence().publisher();
    }

    /** What was taken over, if it was. */
    Takeover.@Nullable Ground ground() {
        return ground;
    }

    /** Whether nothing can be appended for this claim any more: it has to be claimed anew, or is another's. */
    boolean isBroken() {
        Takeover.Ground taken = ground;
        return taken != null && taken.fence().isBroken();
    }

    boolean isTaken() {
        return ground != null;
    }

    /** Keeps the command for later; true the first time, when somebody has to begin taking the partition over. */
    boolean defer(CommandRecord record) {
        deferred.add(record);
        deferredBytes.addAndGet(record.weight());
        boolean first = !taking;
        taking = true;
        return first;
    }

    /** Hands over what waited, in order. */
    List<CommandRecord> taken(Takeover.Ground now) {
        ground = now;
        traces = now.traces();
        List<CommandRecord> waiting = List.copyOf(deferred);
        dropDeferred();
        return waiting;
    }

    private void dropDeferred() {
        deferred.clear();
        deferredBytes.set(0);
    }

    /**
     * Whether no more of its commands are to be read for now: too much waits for the partition to be taken over, or too
     * many answers wait for Kafka. Any thread.
     */
    boolean isFull() {
        return deferredBytes.get() > MOST_DEFERRED || unacknowledged.get() > MOST_UNACKNOWLEDGED;
    }

    /** Counts what is appended beside runs until Kafka has acknowledged it. */
    <T> CompletionStage<T> counted(CompletionStage<T> append) {
        unacknowledged.incrementAndGet();
        return append.whenComplete((place, failure) -> unacknowledged.decrementAndGet());
    }

    /** What is known of the run, if another process may have had this command. */
    @Nullable
    RunTrace traceOf(CommandRecord record) {
        RunHistory.Traces known = tracesFor(record);
        return known == null ? null : known.of(record.runKey());
    }

    /** Whether the log holds an answer to this command already. */
    boolean isAnswered(CommandRecord record) {
        RunHistory.Traces known = tracesFor(record);
        return known != null && known.isAnswered(record.header());
    }

    /** Whether its user had asked to stop this run before the partition was taken over. */
    boolean isCancelled(CommandRecord record) {
        Takeover.Ground taken = ground;
        return taken != null && taken.ahead().cancelled().contains(record.runKey());
    }

    /** What another process did is of no use any more, nor are the cancels that were read ahead. */
    private void forgetThePast(Takeover.Ground taken) {
        traces = null;
        ground = taken.withoutPast();
    }

    /** Commands come in order: with the first one that nobody else has had, what others did is of no more use. */
    private RunHistory.@Nullable Traces tracesFor(CommandRecord record) {
        Takeover.Ground taken = ground;
        if (taken != null && traces != null && record.offset() >= taken.ahead().end()) {
            forgetThePast(taken);
        }
        return traces;
    }

    boolean isReleased() {
        return released;
    }

    void release() {
        released = true;
        dropDeferred();
        traces = null;
    }
}
