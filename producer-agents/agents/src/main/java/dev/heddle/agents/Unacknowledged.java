package dev.heddle.agents;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The appended events of one run that Kafka has not acknowledged yet. They hold the run back, and a failure of one
 * fails the run's emitter.
 *
 * <p><b>Threads.</b> The appending thread counts sent events, Kafka's own thread acknowledged ones; neither waits for
 * the other unless there is no room. A lock is taken only to wait and to wake, and never held while something is sent:
 * Kafka's thread is also the one that frees the buffer that a sender may be waiting for.
 *
 * <p>A waiting thread counts itself before it looks for room; Kafka's thread counts an acknowledgement before it looks
 * for waiting threads. Neither misses the other.
 */
final class Unacknowledged {

    private final PublisherSettings.Bounds bounds;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicLong sentEvents = new AtomicLong();
    private final AtomicLong sentBytes = new AtomicLong();
    private final AtomicLong doneEvents = new AtomicLong();
    private final AtomicLong doneBytes = new AtomicLong();
    private volatile int waiting; // changed under the lock only
    private volatile boolean closed;
    private volatile @Nullable PublishFailedException failure; // set under the lock, once

    Unacknowledged(PublisherSettings.Bounds bounds) {
        this.bounds = bounds;
    }

    private boolean hasRoom() {
        return sentEvents.get() - doneEvents.get() < bounds.runEvents()
                && sentBytes.get() - doneBytes.get() < bounds.runBytes().bytes();
    }

    /** True if half of the bound is free: a waiting sender goes on then, and is not woken for each event. */
    private boolean hasMuchRoom() {
        return sentEvents.get() - doneEvents.get() <= bounds.runEvents() / 2
                && sentBytes.get() - doneBytes.get() <= bounds.runBytes().bytes() / 2;
    }

    private boolean hasAll() {
        return sentEvents.get() == doneEvents.get();
    }

    /** Waits, if the bounds are reached, until half of them is free, the run has failed or is over. */
    void awaitRoom() throws InterruptedException {
        if (!hasRoom()) {
            await(() -> closed || hasMuchRoom());
        }
        check();
    }

    /** Waits until everything appended so far has been acknowledged. */
    void awaitAll() throws InterruptedException {
        await(this::hasAll);
        check();
    }

    private synchronized void await(BooleanSupplier enough) throws InterruptedException {
        waiting++;
        try {
            while (failure == null && !enough.getAsBoolean()) {
                wait();
            }
        } finally {
            waiting--;
        }
    }

    /**
     * Returns if no append of this run has failed.
     *
     * @throws PublishFailedException if one has; a new one each time, since try-with-resources suppresses the second
     *     and no exception can suppress itself
     */
    void check() {
        PublishFailedException failed = failure;
        if (failed != null) {
            throw failed.again();
        }
    }

    void sent(int size) {
        sentBytes.addAndGet(size);
        sentEvents.incrementAndGet();
    }

    void acknowledged(int size, @Nullable PublishFailedException failed) {
        if (failed != null) {
            fail(failed);
        }
        doneBytes.addAndGet(size);
        doneEvents.incrementAndGet();
        if (waiting > 0 && (hasMuchRoom() || hasAll() || failed != null)) {
            wake();
        }
        settle();
    }

    private synchronized void fail(PublishFailedException failed) {
        if (failure == null) {
            failure = failed;
        }
    }

    private synchronized void wake() {
        notifyAll();
    }

    /** Says that nothing more will be appended; threads that wait for room go on. */
    void close() {
        closed = true;
        wake();
        settle();
    }

    /** Completes once the run's last event and all before it are acknowledged; fails as soon as one is not. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** Says that the run's end will not be appended by this process. */
    void abandon() {
        ended.completeExceptionally(RunEndedException.stopped());
        close();
    }

    private void settle() {
        PublishFailedException failed = failure;
        if (failed != null) {
            ended.completeExceptionally(failed);
        } else if (closed && hasAll()) {
            ended.complete(null);
        }
    }
}
