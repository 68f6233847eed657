package dev.heddle.ingest;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/** What of a batch is appended now, and what Kafka says to each event of it. */
record InFlightBatch(QueuedBatch waiting, List<Batch.Item> missing, List<Future<RecordMetadata>> acknowledgements) {

    /** Why Kafka did not take the first event that it did not take, or null. */
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

    /** What it is answered with if Kafka refused an event for itself, and was sent nothing else; else null. */
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

    /** Why Kafka did not take the event, or null if it did; waits for Kafka's answer. */
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

    /** What an event is answered with that Kafka refused for itself; null if it was not the event. */
    private static IngestResponse.@Nullable Reason refused(KafkaException failure) {
        if (failure instanceof RecordTooLargeException) {
            return IngestResponse.Reason.TOO_LARGE;
        }
        return failure instanceof InvalidRecordException ? IngestResponse.Reason.INVALID : null;
    }
}
