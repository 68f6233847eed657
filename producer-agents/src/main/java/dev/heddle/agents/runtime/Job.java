package dev.heddle.agents.runtime;

import dev.heddle.agents.RecordedRun;
import dev.heddle.event.AgentCommand;
import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run that was asked for, from its command to its end: waiting, then at work. Belongs to the dispatch thread.
 */
final class Job {

    private final CommandRecord record;
    private final @Nullable RunTrace trace;
    private final @Nullable RecordedRun before;
    private final List<CommandRecord> cancels = new ArrayList<>();
    private @Nullable ActiveRun run;
    private boolean placed;
    private boolean dropped;

    /** @param trace what the log holds of the run, if another process began it */
    Job(CommandRecord record, @Nullable RunTrace trace) {
        this.record = record;
        this.trace = trace;
        this.before = trace == null ? null : trace.recorded();
    }

    CommandRecord record() {
        return record;
    }

    AgentCommand command() {
        return record.command();
    }

    @Nullable
    RunTrace trace() {
        return trace;
    }

    /** The run's events so far, if another process began it. */
    @Nullable
    RecordedRun before() {
        return before;
    }

    UserKey user() {
        return command().header().user();
    }

    RunKey runKey() {
        return RunKey.of(command());
    }

    ThreadKey threadKey() {
        return ThreadKey.of(command());
    }

    @Nullable
    ActiveRun run() {
        return run;
    }

    void started(ActiveRun active) {
        run = active;
    }

    /** Its turn has come. */
    void takePlace() {
        placed = true;
    }

    /** Whether its turn has come. */
    boolean hasPlace() {
        return placed;
    }

    /** Its turn will not come, or it is over. */
    void drop() {
        dropped = true;
    }

    boolean isDropped() {
        return dropped;
    }

    void cancelledBy(CommandRecord cancel) {
        cancels.add(cancel);
    }

    /** Settles the run's own command and those that cancelled it. */
    void settle() {
        record.settle();
        cancels.forEach(CommandRecord::settle);
    }
}
