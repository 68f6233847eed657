package dev.heddle.executor;

import dev.heddle.agents.RecordedRun;
import dev.heddle.event.AgentCommand;
import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A run that was asked for, from its command to its end: waiting, then at work. Belongs to the dispatch thread. */
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

    /** The command, decoded the first time that it is asked for. */
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

    /** Its agent is at work; of the command no more is needed than its stored form. */
    void started(ActiveRun active) {
        run = active;
        command = null;
    }

    /** Its turn has come. */
    void takePlace() {
        placed = true;
    }

    /** True if its turn has come. */
    boolean hasPlace() {
        return placed;
    }

    /** Its run has ended and its agent has not returned: this is done when it has had time enough. */
    void graceEndsWith(Future<?> task) {
        grace = task;
    }

    /** Its agent has returned. */
    void agentReturned() {
        returned = true;
        if (grace != null) {
            grace.cancel(false);
        }
    }

    boolean hasAgentReturned() {
        return returned;
    }

    /** Gives its place back: true the first time, if it had one. */
    boolean leavePlace() {
        boolean held = placed && !freed;
        freed = true;
        return held;
    }

    /** Its turn will not come, or it is over. */
    void drop() {
        dropped = true;
    }

    boolean isDropped() {
        return dropped;
    }

    /** Its user wants it stopped; what asks for that again has nothing more to add. */
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
