package dev.heddle.agents.runtime;

import dev.heddle.agents.AgentSpec;
import dev.heddle.event.RunStart;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A run that was asked for, from its command to its end: waiting, then at work. Belongs to the dispatch thread. */
final class Job {

    private final CommandRecord record;
    private final RunStart command;
    private final AgentSpec spec;
    private final List<CommandRecord> cancels = new ArrayList<>();
    private @Nullable ActiveRun run;
    private boolean dropped;

    Job(CommandRecord record, RunStart command, AgentSpec spec) {
        this.record = record;
        this.command = command;
        this.spec = spec;
    }

    CommandRecord record() {
        return record;
    }

    RunStart command() {
        return command;
    }

    AgentSpec spec() {
        return spec;
    }

    RunKey runKey() {
        return RunKey.of(command);
    }

    ThreadKey threadKey() {
        return ThreadKey.of(command);
    }

    @Nullable
    ActiveRun run() {
        return run;
    }

    void started(ActiveRun active) {
        run = active;
    }

    /** Its turn will not come. */
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
