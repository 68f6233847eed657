package dev.heddle.role;

import java.net.BindException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The wait of a starting or stopping role for an asynchronous step. */
public final class BlockingWait {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private BlockingWait() {}

    /** Blocks the caller until the step is done, for 30 s at most. */
    public static <T> T on(CompletionStage<T> step, String problem) {
        return on(step, PATIENCE, problem);
    }

    /**
     * Blocks the caller until the step is done.
     *
     * @param problem the beginning of the message if the step fails
     * @return the result of the step
     * @throws RoleException if the step fails, is not done in time, or the caller is interrupted
     */
    public static <T> T on(CompletionStage<T> step, Duration patience, String problem) {
        try {
            return step.toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            String reason = e.getCause() instanceof BindException ? "the port is taken" : String.valueOf(e.getCause());
            throw new RoleException(problem + ": " + reason, e);
        } catch (TimeoutException e) {
            throw new RoleException(problem + ": no answer in " + patience.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RoleException(problem + ": interrupted", e);
        }
    }
}
