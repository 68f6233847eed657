package dev.heddle.executor;

import dev.heddle.agents.RecordedRun;
import dev.heddle.event.AgentCommand;
import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A requested run, from its command to its end: waiting, then at work. Belongs to the dispatch thread. */
final class ScheduledRun {

    private final CommandRecord record;
    private final @Nullable LoggedRun trace;
    private final @Nullable RecordedRun before;
    private final List<CommandRecord> cancels = new ArrayList<>();
    private @Nullable AgentCommand command;
    private @Nullable ActiveRun run;
    private boolean placed;
    private boolean freed;
    private boolean returned;
    private @Nullable Future<?> grace;
    private boolean dropped;

    /** @param trace what the log holds of the run, if another process began it */
    ScheduledRun(CommandRecord record, @Nullable LoggedRun trace) {
        this.record = record;
        this.trace = trace;
        this.before = trace == null ? null : trace.recorded();
    }

    CommandRecord record() {
        return record;
    }

    /** The command, decoded at the first call. */
    AgentCommand command() {
        AgentCommand decoded = command;
        if (decoded == null) {
            decoded = record.command().decode();
            command = decoded;
        }
        return decoded;
    }

    @Nullable
    LoggedRun trace() {
        return trace;
    }

    /** The run's events so far, if another process began it. */
    @Nullable
    RecordedRun before() {
        return before;
    }

    UserKey user() {
        return record.header().user();
    }

    RunKey runKey() {
        return record.runKey();
    }

    ThreadKey threadKey() {
        return record.threadKey();
    }

    @Nullable
    ActiveRun run() {
        return run;
    }

    /** Notes that its agent is at work, and drops the decoded command: only the stored form is needed from now on. */
    void started(ActiveRun active) {
        run = active;
        command = null;
    }

    /** Notes that its turn has come. */
    void takePlace() {
        placed = true;
    }

    /** True if its turn has come. */
    boolean hasPlace() {
        return placed;
    }

    /** Sets the task that ends the grace of an agent that has not returned although its run has ended. */
    void graceEndsWith(Future<?> task) {
        grace = task;
    }

    /** Notes that its agent has returned. */
    void agentReturned() {
        returned = true;
        if (grace != null) {
            grace.cancel(false);
        }
    }

    boolean hasAgentReturned() {
        return returned;
    }

    /** Gives its place back; true the first time, if it had one. */
    boolean leavePlace() {
        boolean held = placed && !freed;
        freed = true;
        return held;
    }

    /** Notes that it is over, or that its turn will not come. */
    void drop() {
        dropped = true;
    }

    boolean isDropped() {
        return dropped;
    }

    /** Keeps the cancel, to be settled with the run; a further cancel is settled at once. */
    void cancelledBy(CommandRecord cancel) {
        if (cancels.isEmpty()) {
            cancels.add(cancel);
        } else {
            cancel.settle();
        }
    }

    /** Settles the run's own command and those that cancelled it. */
    void settle() {
        record.settle();
        cancels.forEach(CommandRecord::settle);
    }
}
