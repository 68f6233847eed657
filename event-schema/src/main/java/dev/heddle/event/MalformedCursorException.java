package dev.heddle.event;

/** Thrown for a text that is no cursor: damaged, truncated, of an unknown version, or never one. */
public final class MalformedCursorException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedCursorException(String message) {
        super(message);
    }

    /** The fault in words; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
