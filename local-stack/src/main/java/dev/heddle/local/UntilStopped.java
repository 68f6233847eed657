package dev.heddle.local;

import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The waiting of a command whose work goes on in the background, until SIGTERM or SIGINT stops it or it fails.
 *
 * <p>A stop by signal is what such a command is for, so the process then ends with 0, where the JVM would say 143.
 */
final class UntilStopped {
    private static final Logger LOG = LoggerFactory.getLogger(UntilStopped.class);

    private UntilStopped() {}

    /** Never returns by itself, only with the reason for which the work has failed; what runs is closed in any case. */
    static CommandFailedException hold(AutoCloseable running, CompletableFuture<? extends Throwable> failure) {
        Thread hook = new Thread(() -> stopAndEnd(running), "heddle-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        Throwable reason = failure.join();
        Runtime.getRuntime().removeShutdownHook(hook);
        close(running);
        String message = reason.getMessage() == null ? reason.toString() : reason.getMessage();
        return new CommandFailedException(message, reason);
    }

    private static void stopAndEnd(AutoCloseable running) {
        boolean clean = close(running);
        Runtime.getRuntime().halt(clean ? 0 : 1);
    }

    private static boolean close(AutoCloseable running) {
        try {
            running.close();
            return true;
        } catch (Exception e) {
            LOG.atError().setCause(e).log("did not stop cleanly");
            return false;
        }
    }
}
