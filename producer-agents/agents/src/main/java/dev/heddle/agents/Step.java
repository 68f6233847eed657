package dev.heddle.agents;

/** An open step of a run; closing it finishes it. */
public final class Step implements AutoCloseable {

    private final RunWriter run;
    private final String name;
    private boolean closed;

    Step(RunWriter run, String name) {
        this.run = run;
        this.name = name;
        run.emit(AgUi.event("STEP_STARTED").put("stepName", name));
    }

    /** Finishes it. Does nothing the second time, or when the run's end has closed it. */
    @Override
    public void close() {
        if (!closed && !run.isOver()) {
            closed = true;
            run.emit(AgUi.event("STEP_FINISHED").put("stepName", name));
        }
    }
}
