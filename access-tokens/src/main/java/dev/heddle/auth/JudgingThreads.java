package dev.heddle.auth;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where signatures are checked: beside the event loops, so that ten thousand clients who come at once, or one who sends tokens
 * that nobody signed, take the time of those who wait to come in and not of those who are being served. Half of the processors at
 * most; how many may wait is bounded by the sockets that are not authenticated yet and the frames that sessions may send.
 */
final class JudgingThreads implements Executor, AutoCloseable {
    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor pool;

    JudgingThreads() {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        AtomicInteger started = new AtomicInteger();
        this.pool = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                work -> {
                    Thread thread = new Thread(work, "heddle-tokens-" + started.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                },
                // Everyone who asked is answered, also after the end.
                (work, ended) -> work.run());
        pool.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable work) {
        pool.execute(work);
    }

    /** What has been asked is still answered. */
    @Override
    public void close() {
        pool.shutdown();
    }
}
