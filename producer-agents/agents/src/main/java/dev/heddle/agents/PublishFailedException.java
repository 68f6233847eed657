package dev.heddle.agents;

import dev.heddle.topic.FencedProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;

/** The failure of a publish that Kafka did not acknowledge. The event may still be in the log: only the log can say. */
public final class PublishFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The kind of failure. */
    public enum Reason {
        /** Kafka could not be reached or did not answer in time; the same may work later. */
        UNAVAILABLE,
        /** The event is larger than Kafka takes. */
        TOO_LARGE,
        /** This client may not write there. */
        FORBIDDEN,
        /** Another producer has taken this one's place. */
        FENCED,
        /** The publisher has been closed. */
        CLOSED,
        /** Anything else: a bug, or a broker that refuses. */
        INTERNAL
    }

    private final Reason reason;

    PublishFailedException(Reason reason, Throwable cause) {
        super("the event was not acknowledged: " + reason, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** The same failure, to be thrown once more. */
    PublishFailedException again() {
        return new PublishFailedException(reason, this);
    }

    static PublishFailedException from(Throwable failure) {
        return failure instanceof PublishFailedException typed
                ? typed
                : new PublishFailedException(reasonOf(failure), failure);
    }

    /** The reason for a failure; a producer in an error state wraps the failure that led to it. */
    private static Reason reasonOf(Throwable failure) {
        Reason own = ownReasonOf(failure);
        Throwable cause = failure.getCause();
        return own == Reason.INTERNAL && failure instanceof KafkaException && cause != null ? ownReasonOf(cause) : own;
    }

    private static Reason ownReasonOf(Throwable failure) {
        if (failure instanceof RecordTooLargeException) {
            return Reason.TOO_LARGE;
        } else if (failure instanceof AuthorizationException || failure instanceof AuthenticationException) {
            return Reason.FORBIDDEN;
        } else if (FencedProducer.isFenced(failure)) {
            return Reason.FENCED;
        } else if (failure instanceof RetriableException) {
            return Reason.UNAVAILABLE;
        } else if (failure instanceof IllegalStateException
                || (failure instanceof KafkaException
                        && "Producer closed while send in progress".equals(failure.getMessage()))) {
            return Reason.CLOSED;
        }
        return Reason.INTERNAL;
    }
}
