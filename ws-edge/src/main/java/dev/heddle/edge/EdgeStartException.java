package dev.heddle.edge;

/** An edge that could not start; the message is the one line for whoever started it. */
public final class EdgeStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EdgeStartException(String message) {
        super(message);
    }

    EdgeStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
