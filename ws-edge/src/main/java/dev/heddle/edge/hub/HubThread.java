package dev.heddle.edge.hub;

import dev.heddle.concurrent.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that steps one of the hub's readers, and rests while the reader has nothing to do. A step that throws ends
 * the thread and leaves it {@linkplain #isAlive() dead}, which makes the edge unready.
 */
final class HubThread implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HubThread.class);
    private static final long REST_NANOS = 200_000_000;
    private static final Duration STOP = Duration.ofSeconds(5);

    private final Thread thread;
    private final AutoCloseable owned;
    private volatile boolean running = true;
    private volatile boolean warm;

    /**
     * A thread that is not started yet.
     *
     * @param first run once, before the first step
     * @param step one round; false if there was nothing to do
     * @param owned closed by the thread itself once it stops
     */
    HubThread(String name, Runnable first, BooleanSupplier step, AutoCloseable owned) {
        this.owned = owned;
        this.thread = DaemonThreads.newThread(name, () -> run(first, step));
    }

    void start() {
        thread.start();
    }

    /** True from start to end. */
    boolean isAlive() {
        return thread.isAlive() && running;
    }

    /** True once the first step has begun. */
    boolean isWarm() {
        return warm;
    }

    /** Ends a rest; does nothing before {@link #start}. Any thread. */
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
            log.atError()
                    .setMessage("A delivery thread failed")
                    .setCause(failure)
                    .addKeyValue("thread", thread.getName())
                    .log();
        }
        try {
            owned.close();
        } catch (Exception e) {
            log.atWarn()
                    .setMessage("A reader did not close")
                    .setCause(e)
                    .addKeyValue("thread", thread.getName())
                    .log();
        }
    }

    /** Stops after the step under way, and waits 5 s for it at most. */
    @Override
    public void close() {
        running = false;
        if (thread.getState() == Thread.State.NEW) {
            closeOwned(null);
            return;
        }
        wake();
        try {
            thread.join(STOP.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
