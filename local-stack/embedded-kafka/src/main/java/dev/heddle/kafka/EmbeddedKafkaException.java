package dev.heddle.kafka;

/** Thrown when an embedded Kafka could not start or gave up; the message is one line for the user. */
public final class EmbeddedKafkaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EmbeddedKafkaException(String message) {
        super(oneLine(message));
    }

    EmbeddedKafkaException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    private static String oneLine(String message) {
        return message.replaceAll("\\s*\\R\\s*", " ");
    }
}
