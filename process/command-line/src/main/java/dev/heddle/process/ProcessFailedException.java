package dev.heddle.process;

/** Thrown when a process has stopped by itself; the message is one line for the operator. */
public final class ProcessFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProcessFailedException(Throwable cause) {
        super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
    }
}
