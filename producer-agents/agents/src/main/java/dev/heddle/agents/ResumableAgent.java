package dev.heddle.agents;

/**
 * An agent that can go on with a run whose process died: the run keeps its id, its next events have a raised attempt,
 * and its logged events stand.
 *
 * <p>By the time {@link #resume} is called, every recorded call of one of its own {@link Tools} has a result: the
 * recorded one, that of a second call if the tool is {@linkplain Tool.Repeat#SAFE repeatable}, or an error. Messages
 * and steps that were open are still open: a message can be continued with {@link RunEmitter#continueMessage}, and the
 * end of the run closes the rest.
 */
public interface ResumableAgent extends Agent {

    /**
     * Works on from where the log ends. Called instead of {@link #run}, on a new object of the agent's factory.
     *
     * @param recorded what has been told so far; never empty
     */
    void resume(RunContext context, RecordedRun recorded, RunEmitter out) throws Exception;
}
