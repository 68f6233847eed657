package dev.heddle.agents;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.topic.FencedProducer;
import dev.heddle.topic.RecordLimit;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The exclusive right to append to one partition on behalf of its commands, and the {@link Publisher} that appends with
 * it. None of the former holder's records reach the log once {@link #take} has returned ({@link FencedProducer} says
 * how). Readers do not wait for commits, so {@link #commit} only has to come before the transaction times out.
 *
 * <p>One thread at a time takes, commits and closes; the publisher is safe on any.
 */
public final class PartitionFence implements AutoCloseable {

    private final FencedSink sink;
    private final Publisher publisher;
    private final CompletionStage<PublishFailedException> broken;

    private PartitionFence(FencedSink sink, Publisher publisher) {
        this.sink = sink;
        this.publisher = publisher;
        this.broken = sink.broken().thenApply(PublishFailedException::from);
    }

    /**
     * Takes the fence from its former holder. Blocks until Kafka has shut that one out, which ends its open
     * transaction.
     *
     * @param transactionalId the partition's own
     * @throws org.apache.kafka.common.KafkaException if Kafka did not answer in time or refuses
     */
    public static PartitionFence take(
            KafkaClientSettings kafka,
            PublisherSettings settings,
            String transactionalId,
            Publisher.Telemetry telemetry) {
        return take(kafka, settings, transactionalId, telemetry, RecordLimit.none());
    }

    /**
     * Takes the fence, with records bounded by the topic's limit: a single record that Kafka refuses would break the
     * fence.
     *
     * @param limit of the topic, closed by its owner
     */
    public static PartitionFence take(
            KafkaClientSettings kafka,
            PublisherSettings settings,
            String transactionalId,
            Publisher.Telemetry telemetry,
            RecordLimit limit) {
        Map<String, Object> properties = Publisher.properties(kafka, settings);
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "heddle-fenced-" + transactionalId);
        FencedProducer producer = FencedProducer.take(transactionalId, settings.deliveryTimeout(), properties);
        FencedSink sink =
                new FencedSink(producer, settings.bounds().bufferBytes().bytes());
        RecordSink traced = TracedSink.over(sink, telemetry.tracing());
        return new PartitionFence(
                sink, new Publisher(traced, settings, InstantSource.system(), telemetry.meters(), limit));
    }

    /** The publisher that appends behind this fence. The fence closes it; callers must not. */
    public Publisher publisher() {
        return publisher;
    }

    /**
     * Completes with the reason, on any thread, once the fence is broken: lost to another process, or Kafka is away.
     */
    public CompletionStage<PublishFailedException> broken() {
        return broken;
    }

    /** True if {@link #broken} has completed. Asking costs nothing. */
    public boolean isBroken() {
        return sink.broken().isDone();
    }

    /** Commits the appended records; senders go on meanwhile. Does nothing when there is nothing to commit. */
    public void commit() {
        sink.commit();
    }

    /** Waits for unacknowledged records, commits them, and gives the fence up. */
    @Override
    public void close() {
        publisher.close();
    }

    /** Gives the fence up at once: unacknowledged records fail. */
    public void discard() {
        sink.discard();
        publisher.close();
    }
}
