package dev.heddle.auth;

import dev.heddle.concurrent.DaemonThreads;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that check signatures beside the event loops, so that a storm of connects or forged tokens delays only
 * other connects and no served session. It uses half of the processors at most; at most {@value #MOST_WAITING} checks
 * wait, in fair order ({@link FairCheckQueue}).
 */
final class SignatureCheckExecutor implements SignatureChecks, AutoCloseable {

    /** The most waiting checks: half a second's work of one thread, if a check takes half a millisecond. */
    static final int MOST_WAITING = 1_024;

    private static final long IDLE_SECONDS = 10;

    private final FairCheckQueue waiting = new FairCheckQueue(MOST_WAITING);
    private final ThreadPoolExecutor pool;

    SignatureCheckExecutor() {
        this(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    SignatureCheckExecutor(int threads) {
        this.pool = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                DaemonThreads.numbered("heddle-tokens"),
                // Every check is answered, also after the end.
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

    /** Stops taking checks; the waiting ones still finish. */
    @Override
    public void close() {
        pool.shutdown();
    }
}
