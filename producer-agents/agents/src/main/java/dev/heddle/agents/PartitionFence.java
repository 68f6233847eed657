package dev.heddle.agents;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.topic.RecordLimit;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The exclusive right to append to one partition on behalf of its commands: whoever takes it shuts out the one before,
 * also one that does not know yet that its time is over. None of the former holder's records reach the log once
 * {@link #take} has returned.
 *
 * <p>Kafka keeps the promise (KIP-98, and KIP-890 for a producer whose transaction has not begun at the partition's
 * leader yet): the holder's producer has a transactional id that belongs to the partition. Readers do not wait for
 * commits, so {@link #commit} only has to come before the transaction times out.
 *
 * <p>One thread at a time takes, commits and closes; the publisher is safe on any.
 */
public final class PartitionFence implements AutoCloseable {

    /** Longer than a delivery may take, so that Kafka's own time-out is not what ends a transaction. */
    private static final Duration LEAST_TIMEOUT = Duration.ofSeconds(60);

    /** What brokers allow by default. */
    private static final Duration MOST_TIMEOUT = Duration.ofMinutes(15);

    /** For a moment after a commit Kafka answers "not yet" to the next record; tries grow further apart from here. */
    private static final int FIRST_RETRY_MILLIS = 5;

    private final FencedSink sink;
    private final Publisher publisher;
    private final CompletionStage<PublishFailedException> broken;

    private PartitionFence(FencedSink sink, Publisher publisher) {
        this.sink = sink;
        this.publisher = publisher;
        this.broken = sink.broken().thenApply(PublishFailedException::from);
    }

    /**
     * Takes the fence, and so shuts out whoever had it. Blocks until Kafka has seen to that, which ends the former
     * holder's open transaction.
     *
     * @param transactionalId the partition's own
     * @throws KafkaException if Kafka did not answer in time or refuses
     */
    public static PartitionFence take(
            KafkaClientSettings kafka, PublisherSettings settings, String transactionalId, Publisher.Sight sight) {
        return take(kafka, settings, transactionalId, sight, RecordLimit.none());
    }

    /**
     * The same, and nothing is sent that the topic does not take: a single refused record would break the fence.
     *
     * @param limit of the topic, closed by its owner
     */
    public static PartitionFence take(
            KafkaClientSettings kafka,
            PublisherSettings settings,
            String transactionalId,
            Publisher.Sight sight,
            RecordLimit limit) {
        Map<String, Object> properties = Publisher.properties(kafka, settings);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "heddle-fenced-" + transactionalId);
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, timeoutMillis(settings.deliveryTimeout()));
        properties.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, FIRST_RETRY_MILLIS);
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
        } catch (KafkaException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
        FencedSink sink =
                new FencedSink(producer, settings.bounds().bufferBytes().bytes(), settings.deliveryTimeout());
        RecordSink traced = TracedSink.over(sink, sight.tracing());
        return new PartitionFence(sink, new Publisher(traced, settings, InstantSource.system(), sight.meters(), limit));
    }

    private static int timeoutMillis(Duration delivery) {
        long twice = Math.max(LEAST_TIMEOUT.toMillis(), 2 * delivery.toMillis());
        return Math.toIntExact(Math.min(twice, MOST_TIMEOUT.toMillis()));
    }

    /** What appends behind this fence. Not to be closed by itself. */
    public Publisher publisher() {
        return publisher;
    }

    /**
     * Completes with the reason, on any thread, once the fence is of no use any more: lost to another, or Kafka away.
     */
    public CompletionStage<PublishFailedException> broken() {
        return broken;
    }

    /** Whether {@link #broken} has completed; asking again and again costs nothing. */
    public boolean isBroken() {
        return sink.broken().isDone();
    }

    /** Commits what has been appended; senders go on meanwhile. Does nothing when there is nothing to commit. */
    public void commit() {
        sink.commit();
    }

    /** Waits for what is unacknowledged, commits it, and gives the fence up. */
    @Override
    public void close() {
        publisher.close();
    }

    /** Gives the fence up at once: what is unacknowledged fails. */
    public void discard() {
        sink.discard();
        publisher.close();
    }
}
