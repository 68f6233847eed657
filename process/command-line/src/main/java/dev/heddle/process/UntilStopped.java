package dev.heddle.process;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a command that runs until SIGTERM or SIGINT, or until it fails.
 *
 * <p>A stop by signal is the normal end of such a command, so the process then ends with {@link ExitCode#OK} instead of
 * the JVM's 143. A second signal ends it at once.
 */
public final class UntilStopped {

    private static final Logger log = LoggerFactory.getLogger(UntilStopped.class);
    private static final List<String> SIGNALS = List.of("TERM", "INT");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private UntilStopped() {}

    /**
     * Blocks until a signal stops the process, and closes the running part.
     *
     * @param ready runs once signals are handled; it announces that the process serves
     * @param failure completes with the reason, or fails with it, if the work has given up by itself
     * @return the exit code: {@link ExitCode#OK}, or {@link ExitCode#FAILED} if it did not close in order
     * @throws ProcessFailedException with the reason, when the running part has stopped by itself; it is closed then
     *     too
     */
    public static int serve(AutoCloseable running, Runnable ready, CompletionStage<? extends Throwable> failure) {
        ClassCache.ofThisJvm().logIfDropped();
        CompletableFuture<Optional<Throwable>> end = new CompletableFuture<>();
        AtomicBoolean told = new AtomicBoolean();
        boolean heard = onSignal(told, () -> end.complete(Optional.empty()));
        if (!heard) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stopInHook(running, told), "heddle-stop"));
        }
        ready.run();
        failure.whenComplete((reason, broken) -> end.complete(Optional.of(broken == null ? reason : broken)));
        Optional<Throwable> reason = end.join();
        boolean clean = close(running);
        if (reason.isPresent()) {
            told.set(true);
            throw new ProcessFailedException(reason.get());
        }
        return clean ? ExitCode.OK : ExitCode.FAILED;
    }

    /**
     * Makes SIGTERM and SIGINT stop a command that works on its own thread and returns its exit code soon after; the
     * JVM alone would end it in the middle of a line. A second signal ends the process at once, and so does a command
     * that still works after 10 s.
     *
     * @param stop ends the command's work; called on a thread of the JVM
     */
    public static void onSignal(Runnable stop) {
        onSignal(new AtomicBoolean(), () -> {
            stop.run();
            LockSupport.parkNanos(stop, PATIENCE.toNanos());
            Runtime.getRuntime().halt(ExitCode.FAILED);
        });
    }

    /** Makes the first signal run the task and each later one end the process; false if this JVM does not allow it. */
    private static boolean onSignal(AtomicBoolean told, Runnable first) {
        boolean heard = true;
        for (String name : SIGNALS) {
            heard &= Signals.on(name, number -> {
                if (!told.compareAndSet(false, true)) {
                    Runtime.getRuntime().halt(ExitCode.of(number));
                }
                first.run();
            });
        }
        return heard;
    }

    /**
     * Stops the process from the JVM's shutdown hook, if signals cannot be handled; it does not see a second signal.
     */
    private static void stopInHook(AutoCloseable running, AtomicBoolean told) {
        if (told.compareAndSet(false, true)) {
            Runtime.getRuntime().halt(close(running) ? ExitCode.OK : ExitCode.FAILED);
        }
    }

    private static boolean close(AutoCloseable running) {
        try {
            running.close();
            return true;
        } catch (Exception e) {
            log.atError().setCause(e).log("What ran did not stop in order");
            return false;
        }
    }
}
