package dev.heddle.agents;

/**
 * The refusal of an event for a run that is over: it ended by itself, was cancelled, ran out of time or was taken away
 * from this process. An agent lets it pass.
 */
public final class RunEndedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private RunEndedException(String message) {
        super(message);
    }

    static RunEndedException stopped() {
        return new RunEndedException("the run was stopped");
    }

    static RunEndedException over() {
        return new RunEndedException("the run is over: nothing may follow its end");
    }
}
