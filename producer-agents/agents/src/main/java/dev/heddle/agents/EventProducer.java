package dev.heddle.agents;

import dev.heddle.concurrent.DaemonThreads;
import dev.heddle.event.Partitioning;
import dev.heddle.event.TooLargeEventException;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import dev.heddle.topic.RecordLimit;
import dev.heddle.trace.TraceParent;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a {@link Publisher}: encoded events become records of their user's partition, with a bound on
 * their size and a meter of their acknowledgements. Safe on any thread.
 */
final class EventProducer implements AutoCloseable {

    private final RecordSink sink;
    private final PublisherSettings settings;
    private final InstantSource clock;
    private final PublishMetrics metrics;
    private final RecordLimit limit;
    private final @Nullable ScheduledThreadPoolExecutor joiner;

    /** @param limit of the topic, closed by its owner */
    EventProducer(
            RecordSink sink, PublisherSettings settings, InstantSource clock, MeterRegistry meters, RecordLimit limit) {
        this.sink = sink;
        this.settings = settings;
        this.clock = clock;
        this.metrics = new PublishMetrics(meters);
        this.limit = limit;
        this.joiner = settings.join().isZero()
                ? null
                : new ScheduledThreadPoolExecutor(1, DaemonThreads.named("heddle-joiner"));
    }

    PublisherSettings settings() {
        return settings;
    }

    InstantSource clock() {
        return clock;
    }

    /** True if text deltas wait to be joined with those that follow. */
    boolean joinsDeltas() {
        return joiner != null;
    }

    /** Calls back once deltas have waited to be joined for as long as the settings say. */
    void whenJoined(Runnable flush) {
        if (joiner != null) {
            var unused = joiner.schedule(flush, settings.join().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** @throws TooLargeEventException if the settings or the topic allow no value of this size */
    void checkSize(byte[] value) {
        if (value.length > settings.bounds().eventBytes().bytes()) {
            throw new TooLargeEventException("the event has " + value.length + " bytes, more than the "
                    + settings.bounds().eventBytes() + " that are allowed");
        }
        int most = limit.most(value.length);
        if (value.length > most) {
            throw new TooLargeEventException(
                    "the event has " + value.length + " bytes, more than the " + most + " that the topic takes");
        }
    }

    /**
     * Hands one record to Kafka; {@code done} is called exactly once, on Kafka's thread or on this one.
     *
     * @param trace the header of the trace that the record belongs to, or null
     */
    void send(
            UserKey user,
            byte[] value,
            byte @Nullable [] trace,
            BiConsumer<@Nullable LogPlace, @Nullable PublishFailedException> done) {
        int partition = Partitioning.partitionOf(user, settings.partitions());
        long began = System.nanoTime();
        try {
            sink.send(
                    new ProducerRecord<>(Topics.AGENT_EVENTS, partition, user.utf8(), value, headers(trace)),
                    (metadata, failure) -> finished(metadata, failure, began, done));
        } catch (InterruptException e) {
            finished(null, e, began, done);
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            finished(null, e, began, done);
        }
    }

    private static List<Header> headers(byte @Nullable [] trace) {
        return trace == null ? List.of() : List.of(new RecordHeader(TraceParent.HEADER, trace));
    }

    private void finished(
            @Nullable RecordMetadata metadata,
            @Nullable Exception failure,
            long began,
            BiConsumer<@Nullable LogPlace, @Nullable PublishFailedException> done) {
        if (failure == null && metadata != null) {
            metrics.acknowledged(System.nanoTime() - began);
            done.accept(new LogPlace(metadata.partition(), metadata.offset()), null);
        } else {
            PublishFailedException problem =
                    PublishFailedException.from(failure != null ? failure : new IllegalStateException("no metadata"));
            metrics.failed(problem.reason());
            done.accept(null, problem);
        }
    }

    /** Waits for unacknowledged events, at most as long as the delivery time-out, and closes the producer. */
    @Override
    public void close() {
        if (joiner != null) {
            joiner.shutdown();
        }
        sink.close(settings.deliveryTimeout());
    }
}
