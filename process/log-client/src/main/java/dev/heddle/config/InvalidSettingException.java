package dev.heddle.config;

/** The refusal of a configuration; the message names the key and where it was set. */
public final class InvalidSettingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidSettingException(String message) {
        super(message);
    }

    public InvalidSettingException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The fault in words; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
