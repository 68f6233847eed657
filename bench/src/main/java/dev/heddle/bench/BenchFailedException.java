package dev.heddle.bench;

/** Thrown when a benchmark cannot run to its end; the command prints the message as one line. */
public final class BenchFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BenchFailedException(String message) {
        super(message);
    }

    public BenchFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
