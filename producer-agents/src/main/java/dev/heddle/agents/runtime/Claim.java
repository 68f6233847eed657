package dev.heddle.agents.runtime;

import dev.heddle.agents.Publisher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One assignment of a command partition to this executor, from assigned to revoked.
 *
 * <pre>
 *   UNTAKEN ──first unsettled command──▶ TAKING ──the fence stands, the log is read──▶ TAKEN
 * </pre>
 *
 * <p>Three ranges of offsets: before {@code resumeFrom} everything has ended, it is read only to know the ids; from
 * there to the end of the commands when the fence stood another process may have begun it; after that nobody else has had
 * it. The ledger, the ground and whether the claim is released may be asked on any thread, the rest belongs to the
 * dispatch thread.
 */
final class Claim {

    private final int partition;
    private final long resumeFrom;
    private final OffsetLedger ledger;
    private final SeenCommands seen;
    private final List<CommandRecord> deferred = new ArrayList<>();
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
        return taken != null && taken.fence().broken().toCompletableFuture().isDone();
    }

    boolean isTaken() {
        return ground != null;
    }

    /** Keeps the command for later; true the first time, when somebody has to begin taking the partition over. */
    boolean defer(CommandRecord record) {
        deferred.add(record);
        boolean first = !taking;
        taking = true;
        return first;
    }

    /** Hands over what waited, in order. */
    List<CommandRecord> taken(Takeover.Ground now) {
        ground = now;
        traces = now.traces();
        List<CommandRecord> waiting = List.copyOf(deferred);
        deferred.clear();
        return waiting;
    }

    /** What is known of the run, if another process may have had this command. */
    @Nullable
    RunTrace traceOf(CommandRecord record) {
        RunHistory.Traces known = tracesFor(record);
        return known == null ? null : known.of(RunKey.of(record.command()));
    }

    /** Whether the log holds an answer to this command already. */
    boolean isAnswered(CommandRecord record) {
        RunHistory.Traces known = tracesFor(record);
        return known != null && known.isAnswered(record.command().header());
    }

    /** Whether its user had asked to stop this run before the partition was taken over. */
    boolean isCancelled(CommandRecord record) {
        Takeover.Ground taken = ground;
        return taken != null && taken.ahead().cancelled().contains(RunKey.of(record.command()));
    }

    /** Commands come in order: with the first one that nobody else has had, what others did is of no more use. */
    private RunHistory.@Nullable Traces tracesFor(CommandRecord record) {
        Takeover.Ground taken = ground;
        if (taken == null || record.offset() >= taken.ahead().end()) {
            traces = null;
        }
        return traces;
    }

    boolean isReleased() {
        return released;
    }

    void release() {
        released = true;
        deferred.clear();
        traces = null;
    }
}
