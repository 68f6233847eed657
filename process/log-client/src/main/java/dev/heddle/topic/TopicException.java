package dev.heddle.topic;

/**
 * Thrown when topics cannot be created or read, because the brokers did not answer in time or refused; the message is
 * one line.
 */
public final class TopicException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TopicException(String message, Throwable cause) {
        super(message, cause);
    }

    TopicException(String message) {
        super(message);
    }

    /** The fault in words; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
