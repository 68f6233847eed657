package dev.heddle.ingest;

import dev.heddle.event.Partitioning;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The lanes of all partitions, each made when the first batch for it comes. Safe on any thread. */
final class PartitionAppenders implements AutoCloseable {

    private static final Duration CLOSING = Duration.ofSeconds(25);

    private final IngestConfig config;
    private final PartitionAppender.Surroundings surroundings;
    private final ExecutorService threads;
    private final AtomicReferenceArray<@Nullable PartitionAppender> lanes;

    /** @param threads where lanes work; closed with them */
    PartitionAppenders(IngestConfig config, PartitionAppender.Surroundings surroundings, ExecutorService threads) {
        this.config = config;
        this.surroundings = surroundings;
        this.threads = threads;
        this.lanes = new AtomicReferenceArray<>(config.topics().partitions());
    }

    CompletionStage<IngestResponse> append(Batch batch) {
        return lane(Partitioning.partitionOf(batch.address().user(), lanes.length()))
                .append(batch);
    }

    private PartitionAppender lane(int partition) {
        PartitionAppender lane = lanes.get(partition);
        if (lane != null) {
            return lane;
        }
        // One that is not used has no connection yet, so a second one is just forgotten.
        PartitionAppender made = new PartitionAppender(config, partition, surroundings);
        PartitionAppender before = lanes.compareAndExchange(partition, null, made);
        return before == null ? made : before;
    }

    /** Waits for what is being appended, and lets go of Kafka. */
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
        for (int i = 0; i < lanes.length(); i++) {
            PartitionAppender lane = lanes.get(i);
            if (lane != null) {
                lane.close();
            }
        }
    }
}
