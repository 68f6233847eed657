package dev.heddle.event;

/** Thrown for an event, a key or a record that breaks the contract; the message names the fault. */
public sealed class InvalidEventException extends RuntimeException permits TooLargeEventException {
    private static final long serialVersionUID = 1L;

    public InvalidEventException(String message) {
        super(message);
    }

    public InvalidEventException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The fault in words; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
