package dev.heddle.replay.log;

/** What is wrong with something on the command line, before any log was asked: one line for the person who typed it. */
public final class WrongUseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WrongUseException(String message) {
        super(message);
    }

    public WrongUseException(String message, Throwable cause) {
        super(message, cause);
    }
}
