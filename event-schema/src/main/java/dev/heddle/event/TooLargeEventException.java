package dev.heddle.event;

/** The refusal of an event that is larger than what its log takes, or its publisher sends. */
public final class TooLargeEventException extends InvalidEventException {
    private static final long serialVersionUID = 1L;

    public TooLargeEventException(String message) {
        super(message);
    }
}
