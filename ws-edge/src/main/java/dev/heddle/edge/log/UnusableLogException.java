package dev.heddle.edge.log;

/** The failure of a start on Kafka or its topics; its message is the one line for the operator. */
public final class UnusableLogException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableLogException(String message) {
        super(message);
    }

    UnusableLogException(String message, Throwable cause) {
        super(message, cause);
    }
}
