package dev.heddle.replay.log;

/** A fault in the command line, found before the log was opened: one line for the person who typed it. */
public final class WrongUseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WrongUseException(String message) {
        super(message);
    }

    public WrongUseException(String message, Throwable cause) {
        super(message, cause);
    }
}
