package dev.heddle.local;

import dev.heddle.config.InvalidSettingException;
import dev.heddle.config.KafkaClientSettings;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;

/** Thrown for a failure that the user of the command line can fix; the command prints the message as one line. */
final class CommandFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandFailedException(String message) {
        super(message);
    }

    CommandFailedException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * The exception for a Kafka that did not answer, or not as expected, with the message of Kafka's client if it has
     * one.
     */
    static RuntimeException noAnswer(KafkaClientSettings kafka, Exception failure) {
        Throwable cause =
                failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
        // "Failed to construct kafka consumer" says nothing without its cause.
        if (cause instanceof KafkaException && cause.getCause() instanceof KafkaException deeper) {
            cause = deeper;
        }
        String words = cause.getMessage();
        if (failure instanceof ConfigException) {
            return new InvalidSettingException("setting kafka.properties: " + words, failure);
        }
        return new CommandFailedException(
                "Kafka at " + kafka.bootstrapServers() + " does not answer" + (words == null ? "" : ": " + words),
                failure);
    }
}
