package dev.heddle.client;

/** Thrown when an edge rejects a command, or when the client ends before it is answered. */
public final class CommandRejectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final boolean retryable;

    CommandRejectedException(StreamFrame.Rejected frame) {
        super(frame.code() + ": " + frame.message());
        this.code = frame.code();
        this.retryable = frame.isRetryable();
    }

    CommandRejectedException(String message) {
        super(message);
        this.code = "";
        this.retryable = true;
    }

    /** The edge's code, say {@code rate_limited}; empty if the client ended. */
    public String code() {
        return code;
    }

    /** True if the same command may be sent again. */
    public boolean isRetryable() {
        return retryable;
    }
}
