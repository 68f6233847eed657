package dev.heddle.testing;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Work of a test that may block, on a thread of its own.
 *
 * <p>Not on the common pool: since JDK 25 that is used even where it has a single thread, as on two processors, and
 * whatever blocks there keeps everything after it from ever beginning.
 */
public final class Background {
    private static final Executor OWN_THREAD = Background::begin;

    private Background() {}

    /** Begins the work; the future completes with its end, or with what it threw. */
    public static CompletableFuture<Void> run(Runnable work) {
        return CompletableFuture.runAsync(work, OWN_THREAD);
    }

    /** Begins the work; the future completes with its result, or with what it threw. */
    public static <T> CompletableFuture<T> supply(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, OWN_THREAD);
    }

    private static void begin(Runnable work) {
        Thread thread = new Thread(work, "test-background");
        thread.setDaemon(true);
        thread.start();
    }
}
