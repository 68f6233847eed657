package dev.heddle.replay.log;

/** Thrown for a failure of the tool; the message is one line for the user of the command. */
public final class ReplayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ReplayException(String message) {
        super(message);
    }

    public ReplayException(String message, Throwable cause) {
        super(message, cause);
    }
}
