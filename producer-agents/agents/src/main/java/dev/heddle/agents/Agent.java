package dev.heddle.agents;

/**
 * One agent at work on one run: made by its factory for that run and thrown away after it, so its fields are the run's
 * own and need no lock.
 *
 * <p>It emits its events through the emitter that it is handed. Returning without an end means success: the executor
 * closes the open messages, calls and steps, and finishes the run. Throwing means failure: the run ends in RUN_ERROR
 * with the code {@code agent_failed}, and nothing of the exception is shown to the user. An agent must let
 * {@link RunEndedException} and {@link InterruptedException} pass; both mean that its run is over.
 */
@FunctionalInterface
public interface Agent {

    /**
     * Works on the run until it is done. Called once, on a thread of the executor's that may be interrupted when the
     * run is cancelled or past its deadline.
     *
     * @param context the user, the input and the cancellation of the run
     * @param out the only way to tell the user anything
     * @throws Exception when the agent cannot go on
     */
    void run(RunContext context, RunEmitter out) throws Exception;
}
