package dev.heddle.executor;

import dev.heddle.agents.AgentSpec;
import dev.heddle.agents.RecordedRun;
import dev.heddle.agents.RunInput;
import org.jspecify.annotations.Nullable;

/**
 * The data that a run begins with, decided when its turn has come.
 *
 * @param input what the agent works on
 * @param told what RUN_STARTED carries: the input without the messages that the log holds
 * @param before what the log holds of the run, if another process began it
 */
record PreparedRun(
        AgentSpec spec,
        RunInput input,
        RunInput told,
        @Nullable RecordedRun before) {}
