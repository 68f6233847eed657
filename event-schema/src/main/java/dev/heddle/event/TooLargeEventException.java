package dev.heddle.event;

/** Thrown for an event that is larger than its log or its publisher allows. */
public final class TooLargeEventException extends InvalidEventException {
    private static final long serialVersionUID = 1L;

    public TooLargeEventException(String message) {
        super(message);
    }
}
