package dev.heddle.agents.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One assignment of a command partition to this executor, from assigned to revoked.
 *
 * <p>Three ranges of offsets: before {@code resumeFrom} everything has ended, it is read only to know the ids; from
 * there to {@code endAtStart} another process may have begun it; after that nobody else has had it. The ledger and
 * whether the claim is released may be asked on any thread, the rest belongs to the dispatch thread.
 */
final class Claim {

    private final int partition;
    private final long resumeFrom;
    private final long endAtStart;
    private final OffsetLedger ledger;
    private final SeenCommands seen;
    private final List<CommandRecord> deferred = new ArrayList<>();
    private History history = new History.Unread();
    private volatile boolean released;

    /** What is known of the runs that another process may have begun. */
    sealed interface History {
        record Unread() implements History {}

        record Reading() implements History {}

        record Read(RunHistory.Traces traces) implements History {}
    }

    Claim(int partition, long resumeFrom, long endAtStart, Duration dedup) {
        this.partition = partition;
        this.resumeFrom = resumeFrom;
        this.endAtStart = endAtStart;
        this.ledger = new OffsetLedger(resumeFrom);
        this.seen = new SeenCommands(dedup);
    }

    int partition() {
        return partition;
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

    boolean mayHaveBegun(long offset) {
        return offset < endAtStart;
    }

    History history() {
        return history;
    }

    /** What is known of the run, if another process may have had this command. */
    @Nullable
    RunTrace traceOf(CommandRecord record) {
        return mayHaveBegun(record.offset()) && history instanceof History.Read read
                ? read.traces().of(RunKey.of(record.command()))
                : null;
    }

    /** Whether the log holds an answer to this command already. */
    boolean isAnswered(CommandRecord record) {
        return mayHaveBegun(record.offset())
                && history instanceof History.Read read
                && read.traces().isAnswered(record.command().header());
    }

    void beginReading() {
        history = new History.Reading();
    }

    void defer(CommandRecord record) {
        deferred.add(record);
    }

    /** Hands over what waited for the history, in order. */
    List<CommandRecord> readDone(RunHistory.Traces traces) {
        history = new History.Read(traces);
        List<CommandRecord> waiting = List.copyOf(deferred);
        deferred.clear();
        return waiting;
    }

    boolean isReleased() {
        return released;
    }

    void release() {
        released = true;
        deferred.clear();
        history = new History.Unread();
    }
}
