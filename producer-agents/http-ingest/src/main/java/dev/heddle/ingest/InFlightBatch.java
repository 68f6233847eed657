package dev.heddle.ingest;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/** The part of a batch that is being appended, with Kafka's acknowledgement of each event. */
record InFlightBatch(QueuedBatch waiting, List<Batch.Item> missing, List<Future<RecordMetadata>> acknowledgements) {

    /** The failure of the first event that Kafka did not take, or null. */
    @Nullable
    KafkaException failure() {
        for (Future<RecordMetadata> acknowledgement : acknowledgements) {
            KafkaException failure = failure(acknowledgement);
            if (failure != null) {
                return failure;
            }
        }
        return null;
    }

    /**
     * The answer to the batch if Kafka refused one of its events as invalid or too large, else null. True only if the
     * batch was sent alone.
     */
    IngestResponse.@Nullable Refused refusal() {
        for (int i = 0; i < acknowledgements.size(); i++) {
            KafkaException failure = failure(acknowledgements.get(i));
            IngestResponse.Reason reason = failure == null ? null : refused(failure);
            if (failure != null && reason != null) {
                int index = i + (int) (missing.get(0).runSeq() - waiting.batch().first());
                return new IngestResponse.Refused(
                        reason, "events[" + index + "]: Kafka does not take the event: " + failure.getMessage(), index);
            }
        }
        return null;
    }

    /** The reason why Kafka did not take the event, or null if it did; waits for Kafka's answer. */
    static @Nullable KafkaException failure(Future<RecordMetadata> acknowledgement) {
        try {
            acknowledgement.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new KafkaException("interrupted", e);
        }
    }

    /** The offset of an acknowledged event. */
    long offset(int index) {
        try {
            return acknowledgements.get(index).get().offset();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException("asked before it was acknowledged", e);
        }
    }

    /** The reason to answer with if the event itself is to blame, else null. */
    private static IngestResponse.@Nullable Reason refused(KafkaException failure) {
        if (failure instanceof RecordTooLargeException) {
            return IngestResponse.Reason.TOO_LARGE;
        }
        return failure instanceof InvalidRecordException ? IngestResponse.Reason.INVALID : null;
    }
}
