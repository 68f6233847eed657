package dev.heddle.replay;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The handling of SIGTERM and SIGINT for a command that runs until a signal. The process waits for the command's last
 * line and ends with the command's exit code; the JVM alone would end it in the middle of a line with 143.
 *
 * <p>The command's thread creates, uses and closes it; the signal comes on a thread of the JVM.
 */
final class StopSignal implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int STUCK = 1;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::signalled, "heddle-stop");
    private volatile @Nullable Runnable stop;
    private volatile boolean came;
    private volatile int code;

    private StopSignal() {}

    /** Registers the handling: from now on a signal ends the command instead of the process. */
    static StopSignal heard() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    /** Sets the action that ends the command; it runs at once if a signal came before. */
    void then(Runnable ending) {
        stop = ending;
        if (came) {
            ending.run();
        }
    }

    /** Sets the exit code of the process if a signal has ended the command; returns the same. */
    int endWith(int exitCode) {
        code = exitCode;
        return exitCode;
    }

    private void signalled() {
        came = true;
        Runnable ending = stop;
        if (ending != null) {
            ending.run();
        }
        boolean clean = false;
        try {
            clean = ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(clean ? code : STUCK);
    }

    /** Marks the end of the command. */
    @Override
    public void close() {
        ended.countDown();
        if (!came) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The signal comes just now, finds the command at its end, and ends the process.
                return;
            }
        }
    }
}
