package dev.heddle.agents;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cancellation of one run: it happens once, reaches all listeners, and is never undone. Any thread.
 *
 * <p>Listeners are called when the run's end is already in the log or on its way there. Nothing that an agent does
 * afterwards reaches the user; it only has to stop soon.
 */
public final class Cancellation {

    private static final Logger log = LoggerFactory.getLogger(Cancellation.class);

    private final InstantSource clock;
    private final Instant deadline;
    private final CountDownLatch requested = new CountDownLatch(1);
    private final List<Runnable> listeners = new ArrayList<>();
    private @Nullable Thread worker;

    /**
     * The token of a run that is still wanted.
     *
     * @param deadline when the run is ended if it has not ended by itself
     */
    public Cancellation(InstantSource clock, Instant deadline) {
        this.clock = clock;
        this.deadline = deadline;
    }

    public boolean isRequested() {
        return requested.getCount() == 0;
    }

    /** The time at which the run is ended if it has not ended by itself. */
    public Instant deadline() {
        return deadline;
    }

    /** The time on the run's clock. */
    public Instant now() {
        return clock.instant();
    }

    /** The time left until the deadline; zero once it has passed. For time-outs of the agent's own calls. */
    public Duration remaining() {
        Duration left = Duration.between(clock.instant(), deadline);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /**
     * Returns while the run is still wanted.
     *
     * @throws RunEndedException if it is not
     */
    public void check() {
        if (isRequested()) {
            throw RunEndedException.stopped();
        }
    }

    /**
     * Waits for this time, or until the run is no longer wanted. Agents pace themselves with it.
     *
     * @throws RunEndedException if the run is no longer wanted
     * @throws InterruptedException if the run's thread is interrupted, which says the same
     */
    public void pause(Duration time) throws InterruptedException {
        if (requested.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
            throw RunEndedException.stopped();
        }
    }

    /**
     * Calls the listener once when the run is no longer wanted, on the thread that cancels it, or at once if it is
     * cancelled already. It passes the cancellation on to a model's stream, a request, or another thing that can be
     * stopped.
     */
    public void onRequest(Runnable listener) {
        synchronized (this) {
            if (!isRequested()) {
                listeners.add(listener);
                return;
            }
        }
        listener.run();
    }

    /** Waits for the future's value, or until the run is no longer wanted, which cancels the future. */
    public <T> T await(CompletableFuture<T> future) throws InterruptedException {
        Runnable cancel = () -> future.cancel(true);
        onRequest(cancel);
        try {
            return future.get();
        } catch (CancellationException e) {
            check();
            throw e;
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } finally {
            synchronized (this) {
                listeners.remove(cancel);
            }
        }
    }

    /** Cancels the run: interrupts its thread and calls the listeners. Only the first call does anything. */
    public void request() {
        List<Runnable> toTell;
        synchronized (this) {
            if (isRequested()) {
                return;
            }
            requested.countDown();
            toTell = List.copyOf(listeners);
            if (worker != null) {
                worker.interrupt();
            }
        }
        toTell.forEach(Cancellation::tell);
    }

    /** Calls one listener; a failure of it is logged and does not reach the others. */
    private static void tell(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            log.atWarn().addKeyValue("error", e.getClass().getName()).log("A listener of a run's end failed");
        }
    }

    /**
     * Runs the agent's work on the calling thread, which is interrupted when the run is no longer wanted. The thread
     * comes out of it uninterrupted, whatever happened within, so that it can serve the next run.
     */
    public void guard(Work work) throws Exception {
        synchronized (this) {
            check();
            worker = Thread.currentThread();
        }
        try {
            work.run();
        } finally {
            synchronized (this) {
                worker = null;
                Thread.interrupted();
            }
        }
    }

    /** The work that {@link #guard} runs. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }
}
