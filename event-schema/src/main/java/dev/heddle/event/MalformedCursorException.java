package dev.heddle.event;

/** The refusal of a text that is not a cursor: damaged, cut, of an unknown version, or never one. */
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
