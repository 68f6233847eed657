package dev.heddle.replay.log;

/** Thrown for a fault in the command line, found before the log is opened; the message is one line for the user. */
public final class WrongUseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WrongUseException(String message) {
        super(message);
    }

    public WrongUseException(String message, Throwable cause) {
        super(message, cause);
    }
}
