package dev.heddle.agents;

import dev.heddle.event.UserKey;
import org.jspecify.annotations.Nullable;

/**
 * The user execution context: everything that belongs to one run, made for it and handed along. It is the only source
 * of the run's user: no singleton and no thread local has it.
 *
 * @param attempt 0 at first, one more each time another executor takes the run over
 * @param cancellation the cancellation and the deadline of the run
 * @param traceparent W3C's header of the run's step, for the requests that the agent makes; null if it belongs to no
 *     trace
 * @param dispatcher of the agent's tools; null outside an executor
 */
public record RunContext(
        RunAddress address,
        int attempt,
        RunInput input,
        Cancellation cancellation,
        @Nullable String traceparent,
        @Nullable Tools dispatcher) {

    /** The context of a run without registered tools. */
    public RunContext(RunAddress address, int attempt, RunInput input, Cancellation cancellation) {
        this(address, attempt, input, cancellation, null, null);
    }

    public UserKey user() {
        return address.user();
    }

    /**
     * The agent's registered tools, called on behalf of this run.
     *
     * @throws IllegalStateException if the run has no tool dispatcher: it was not begun by an executor
     */
    public Tools tools() {
        if (dispatcher == null) {
            throw new IllegalStateException("this run has no tool dispatcher");
        }
        return dispatcher;
    }

    public RunContext withTools(Tools tools) {
        return new RunContext(address, attempt, input, cancellation, traceparent, tools);
    }

    public RunContext traced(@Nullable String header) {
        return new RunContext(address, attempt, input, cancellation, header, dispatcher);
    }
}
