package dev.heddle.ingest;

import dev.heddle.event.Partitioning;
import dev.heddle.topic.RecordLimit;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The appenders of all partitions, each made when the first batch for it comes. Safe on any thread. */
final class PartitionAppenders implements AutoCloseable {

    private static final Duration CLOSING = Duration.ofSeconds(25);

    private final IntFunction<PartitionAppender> maker;
    private final ExecutorService threads;
    private final AtomicReferenceArray<@Nullable PartitionAppender> appenders;

    /**
     * Appenders that have not been used yet.
     *
     * @param threads where they work; closed with them
     * @param limit of the topic, closed by its owner
     */
    PartitionAppenders(
            IngestConfig config,
            IngestMetrics metrics,
            InstantSource clock,
            ExecutorService threads,
            RecordLimit limit) {
        this.threads = threads;
        this.maker = partition -> new PartitionAppender(config, partition, metrics, clock, threads, limit);
        this.appenders = new AtomicReferenceArray<>(config.topics().partitions());
    }

    CompletionStage<IngestResponse> append(Batch batch) {
        return appender(Partitioning.partitionOf(batch.address().user(), appenders.length()))
                .append(batch);
    }

    private PartitionAppender appender(int partition) {
        PartitionAppender appender = appenders.get(partition);
        if (appender != null) {
            return appender;
        }
        // An unused appender has no connection yet, so a second one needs no close.
        PartitionAppender made = maker.apply(partition);
        PartitionAppender before = appenders.compareAndExchange(partition, null, made);
        return before == null ? made : before;
    }

    /** Waits for the running appends, and closes the connections to Kafka. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
        for (int i = 0; i < appenders.length(); i++) {
            PartitionAppender appender = appenders.get(i);
            if (appender != null) {
                appender.close();
            }
        }
    }
}
