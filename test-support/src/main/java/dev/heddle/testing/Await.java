package dev.heddle.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waiting for a condition that something else brings about, asked again and again by a scheduler. */
public final class Await {
    private static final long EVERY_MILLIS = 10;
    private static final ScheduledExecutorService SCHEDULER = Executors.newScheduledThreadPool(2, Await::daemon);

    private Await() {}

    /** Returns when the condition holds; fails the test if it does not within the limit. */
    public static void until(Duration limit, Callable<Boolean> condition) {
        until("the condition", limit, condition);
    }

    /**
     * Returns when the condition holds; fails the test if it does not within the limit.
     *
     * @param what what is waited for, told if it never comes
     * @param condition asked on another thread; what it throws fails the test at once
     */
    public static void until(String what, Duration limit, Callable<Boolean> condition) {
        value(what, limit, () -> Boolean.TRUE.equals(condition.call()) ? Boolean.TRUE : null);
    }

    /** Returns the first value that is there; {@code null} means not yet. */
    public static <T> T value(String what, Duration limit, Callable<@Nullable T> source) {
        CompletableFuture<T> found = new CompletableFuture<>();
        ScheduledFuture<?> asking =
                SCHEDULER.scheduleWithFixedDelay(() -> ask(source, found), 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        try {
            return found.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(what + " did not come within " + limit, e);
        } catch (ExecutionException e) {
            throw new AssertionError(what + " cannot be asked for: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what, e);
        } finally {
            asking.cancel(true);
        }
    }

    private static <T> void ask(Callable<@Nullable T> source, CompletableFuture<T> found) {
        if (found.isDone()) {
            return; // what is asked may be the waiting test's own again by now
        }
        try {
            T value = source.call();
            if (value != null) {
                found.complete(value);
            }
        } catch (Throwable e) {
            // Of whatever kind: it belongs to the test that waits, not to the scheduler.
            found.completeExceptionally(e);
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "await");
        thread.setDaemon(true);
        return thread;
    }
}
