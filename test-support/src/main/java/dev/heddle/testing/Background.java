package dev.heddle.testing;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * A runner of a test's blocking work, each on a new thread.
 *
 * <p>It avoids the common pool: since JDK 25 that pool is used even if it has a single thread, as on two processors,
 * and a blocking task there keeps every later task from starting.
 */
public final class Background {
    private static final Executor OWN_THREAD = Background::begin;

    private Background() {}

    /** Starts the work; the future completes when it ends, or with its exception. */
    public static CompletableFuture<Void> run(Runnable work) {
        return CompletableFuture.runAsync(work, OWN_THREAD);
    }

    /** Starts the work; the future completes with its result, or with its exception. */
    public static <T> CompletableFuture<T> supply(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, OWN_THREAD);
    }

    private static void begin(Runnable work) {
        Thread thread = new Thread(work, "test-background");
        thread.setDaemon(true);
        thread.start();
    }
}
