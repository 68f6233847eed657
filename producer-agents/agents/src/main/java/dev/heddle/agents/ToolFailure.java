package dev.heddle.agents;

/** A tool's own account of what went wrong: the model and the user may read its message. */
public final class ToolFailure extends Exception {
    private static final long serialVersionUID = 1L;

    public ToolFailure(String message) {
        super(message);
    }
}
