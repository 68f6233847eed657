package dev.heddle.bench;

/**
 * A benchmark that could not be run to its end; the message is the one line that the person at the command line sees.
 */
public final class BenchFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BenchFailedException(String message) {
        super(message);
    }

    public BenchFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
