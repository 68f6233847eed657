package dev.heddle.agents;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What one run has appended and Kafka has not acknowledged yet: the back-pressure of the run, and how it learns of a
 * failure.
 *
 * <p>Its lock is never held while something is sent. Kafka's own thread calls {@link #acknowledged}, and it is also
 * the thread that frees the buffer that a sender may be waiting for.
 */
final class Unacknowledged {

    private final PublisherSettings.Bounds bounds;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private int events;
    private long bytes;
    private boolean closed;
    private @Nullable PublishFailedException failure;

    Unacknowledged(PublisherSettings.Bounds bounds) {
        this.bounds = bounds;
    }

    /** Waits until less than the bounds is unacknowledged, the run has failed or is over. */
    synchronized void awaitRoom() throws InterruptedException {
        while (failure == null
                && !closed
                && (events >= bounds.runEvents() || bytes >= bounds.runBytes().bytes())) {
            wait();
        }
        check();
    }

    /** Waits until everything appended so far has been acknowledged. */
    synchronized void awaitAll() throws InterruptedException {
        while (failure == null && events > 0) {
            wait();
        }
        check();
    }

    /**
     * Returns if no append of this run has failed.
     *
     * @throws PublishFailedException if one has; a new one each time, since try-with-resources suppresses the second
     *     and no exception can suppress itself
     */
    synchronized void check() {
        if (failure != null) {
            throw failure.again();
        }
    }

    synchronized void sent(int size) {
        events++;
        bytes += size;
    }

    void acknowledged(int size, @Nullable PublishFailedException failed) {
        boolean all;
        synchronized (this) {
            events--;
            bytes -= size;
            if (failure == null) {
                failure = failed;
            }
            all = closed && events == 0;
            notifyAll();
        }
        settle(all);
    }

    /** Says that nothing more will be appended; whoever waits for room goes on. */
    void close() {
        boolean all;
        synchronized (this) {
            closed = true;
            all = events == 0;
            notifyAll();
        }
        settle(all);
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

    private void settle(boolean all) {
        PublishFailedException failed;
        synchronized (this) {
            failed = failure;
        }
        if (failed != null) {
            ended.completeExceptionally(failed);
        } else if (all) {
            ended.complete(null);
        }
    }
}
