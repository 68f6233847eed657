package dev.heddle.edge.hub;

import dev.heddle.concurrent.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that takes step after step, and rests while there is nothing to do. A step that throws ends the thread and
 * leaves it {@linkplain #isAlive() dead}, which makes the edge unready.
 */
final class HubThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HubThread.class);
    private static final long REST_NANOS = 200_000_000;
    private static final Duration STOP = Duration.ofSeconds(5);

    private final Thread thread;
    private final AutoCloseable owned;
    private volatile boolean running = true;
    private volatile boolean warm;

    /**
     * Not started yet.
     *
     * @param first done once, before the first step
     * @param step one round; false if there was nothing to do
     * @param owned closed on the thread itself once it stops
     */
    HubThread(String name, Runnable first, BooleanSupplier step, AutoCloseable owned) {
        this.owned = owned;
        this.thread = DaemonThreads.newThread(name, () -> run(first, step));
    }

    void start() {
        thread.start();
    }

    /** Whether it takes steps. */
    boolean isAlive() {
        return thread.isAlive() && running;
    }

    /** Whether it has begun to take steps. */
    boolean isWarm() {
        return warm;
    }

    /** Ends a rest. Any thread. */
    void wake() {
        LockSupport.unpark(thread);
    }

    private void run(Runnable first, BooleanSupplier step) {
        Throwable failure = null;
        try {
            first.run();
            warm = true;
            while (running) {
                if (!step.getAsBoolean() && running) {
                    LockSupport.parkNanos(this, REST_NANOS);
                }
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        } finally {
            running = false;
            closeOwned(failure);
        }
    }

    private void closeOwned(@Nullable Throwable failure) {
        if (failure != null) {
            LOG.atError()
                    .setMessage("delivery thread failed")
                    .setCause(failure)
                    .addKeyValue("thread", thread.getName())
                    .log();
        }
        try {
            owned.close();
        } catch (Exception e) {
            LOG.atWarn()
                    .setMessage("reader did not close")
                    .setCause(e)
                    .addKeyValue("thread", thread.getName())
                    .log();
        }
    }

    /** Stops after the step under way, and waits a while for it. */
    @Override
    public void close() {
        running = false;
        wake();
        try {
            thread.join(STOP.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
