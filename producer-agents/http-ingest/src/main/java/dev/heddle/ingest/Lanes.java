package dev.heddle.ingest;

import dev.heddle.event.Partitioning;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The lanes of all partitions, each made when the first batch for it comes. Safe on any thread. */
final class Lanes implements AutoCloseable {

    private static final Duration CLOSING = Duration.ofSeconds(25);

    private final IngestConfig config;
    private final Lane.Surroundings surroundings;
    private final ExecutorService threads;
    private final AtomicReferenceArray<@Nullable Lane> lanes;

    /** @param threads where lanes work; closed with them */
    Lanes(IngestConfig config, Lane.Surroundings surroundings, ExecutorService threads) {
        this.config = config;
        this.surroundings = surroundings;
        this.threads = threads;
        this.lanes = new AtomicReferenceArray<>(config.topics().partitions());
    }

    CompletionStage<Answer> append(Batch batch) {
        return lane(Partitioning.partitionOf(batch.address().user(), lanes.length()))
                .append(batch);
    }

    private Lane lane(int partition) {
        Lane lane = lanes.get(partition);
        if (lane != null) {
            return lane;
        }
        // One that is not used has no connection yet, so a second one is just forgotten.
        Lane made = new Lane(config, partition, surroundings);
        Lane before = lanes.compareAndExchange(partition, null, made);
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
            Lane lane = lanes.get(i);
            if (lane != null) {
                lane.close();
            }
        }
    }
}
