package dev.heddle.ingest;

import dev.heddle.event.Position;
import org.jspecify.annotations.Nullable;

/** The answer to a request: to a batch, or to a body that holds none. */
sealed interface IngestResponse {

    /**
     * All of the batch is in the log, acknowledged.
     *
     * @param accepted how many events, those that were there before included
     * @param end where the sender's last event ends
     */
    record Accepted(int accepted, Position end) implements IngestResponse {}

    /**
     * Nothing of the batch was appended, for the given reason; with {@link Reason#UNAVAILABLE} a part may have been.
     *
     * @param index of the first item that is to blame, or null if it is none of them
     */
    record Refused(Reason reason, String message, @Nullable Integer index) implements IngestResponse {
        static Refused of(Reason reason, String message) {
            return new Refused(reason, message, null);
        }
    }

    /** The refusal of a batch that the log did not take in time. */
    Refused UNAVAILABLE =
            Refused.of(Reason.UNAVAILABLE, "the log did not take the batch in time: send the same batch again");

    /** The reason for refusing a batch. */
    enum Reason {
        /** No token, or one that is not accepted. */
        UNAUTHENTICATED(401),
        /** The token does not allow this. */
        FORBIDDEN(403),
        /** Not a batch, or an item that is not allowed. */
        INVALID(400),
        /** The batch did not come in time. */
        TOO_SLOW(408),
        /** The batch does not begin where the run ends. */
        GAP(409),
        /** Another sender has sent, or is sending, for this run. */
        CONFLICT(409),
        /** The batch or one of its events is too large. */
        TOO_LARGE(413),
        /** The bound of the work in progress is reached. */
        BUSY(429),
        /** Kafka did not acknowledge in time: the same batch is to be sent again. */
        UNAVAILABLE(503);

        private final int status;

        Reason(int status) {
            this.status = status;
        }

        int status() {
            return status;
        }
    }
}
