package dev.heddle.ingest;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A batch on its way into the log, and the requests that wait for its outcome: the first one and those that sent the
 * same batch again meanwhile. Each request waits at most its own time; the batch stays in the queue while one of them
 * waits. Safe on any thread.
 */
final class QueuedBatch {

    private final Batch batch;
    private final long bytes;
    private final CompletableFuture<IngestResponse> outcome = new CompletableFuture<>();
    private volatile long lastUntil;

    /** @param patience how long it may wait before the first request has said so itself */
    QueuedBatch(Batch batch, Duration patience) {
        this.batch = batch;
        this.lastUntil = System.nanoTime() + patience.toNanos();
        this.bytes = batch.bytes();
    }

    Batch batch() {
        return batch;
    }

    /** The stored bytes of its events. */
    long bytes() {
        return bytes;
    }

    /** Adds a request that waits for at most this time, and is then answered to send the batch again. */
    CompletionStage<IngestResponse> await(Duration patience) {
        lastUntil = System.nanoTime() + patience.toNanos();
        return outcome.copy().completeOnTimeout(IngestResponse.UNAVAILABLE, patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** True if no request waits for the answer any more. */
    boolean isLate() {
        return System.nanoTime() - lastUntil > 0;
    }

    boolean isAnswered() {
        return outcome.isDone();
    }

    void answer(IngestResponse answer) {
        outcome.complete(answer);
    }
}
