package dev.heddle.edge.log;

/** Kafka or its topics are not fit to start on; the message is the one line for whoever started the edge. */
public final class UnusableLogException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableLogException(String message) {
        super(message);
    }

    UnusableLogException(String message, Throwable cause) {
        super(message, cause);
    }
}
