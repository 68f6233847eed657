package dev.heddle.auth;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where signatures are checked: beside the event loops, so that ten thousand clients who come at once, or one who sends
 * tokens that nobody signed, take the time of those who wait to come in and not of those who are being served. Half of
 * the processors at most; at most {@value #MOST_WAITING} checks wait, in fair order ({@link FairCheckQueue}).
 */
final class SignatureCheckExecutor implements SignatureChecks, AutoCloseable {

    /** Half a second's work of one thread, if a check takes half a millisecond. */
    static final int MOST_WAITING = 1_024;

    private static final long IDLE_SECONDS = 10;

    private final FairCheckQueue waiting = new FairCheckQueue(MOST_WAITING);
    private final ThreadPoolExecutor pool;

    SignatureCheckExecutor() {
        this(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    SignatureCheckExecutor(int threads) {
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
    public void submit(Turn turn, Runnable check, Runnable crowdedOut) {
        FairCheckQueue.Waiting out = waiting.add(turn, new FairCheckQueue.Waiting(check, crowdedOut));
        if (out == null) {
            pool.execute(this::checkNext);
        } else {
            // The pool has been asked for that one; now it does this one instead.
            out.crowdedOut().run();
        }
    }

    private void checkNext() {
        FairCheckQueue.Waiting next = waiting.poll();
        if (next != null) {
            next.check().run();
        }
    }

    /** What has been asked is still answered. */
    @Override
    public void close() {
        pool.shutdown();
    }
}
