package dev.heddle.ingest;

/** Ingest cannot start; the message is the one line for whoever started it. */
public final class IngestStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IngestStartException(String message) {
        super(message);
    }

    IngestStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
