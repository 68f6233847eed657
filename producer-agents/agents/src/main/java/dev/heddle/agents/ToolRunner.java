package dev.heddle.agents;

import dev.heddle.config.ByteSize;
import java.time.Duration;
import java.util.concurrent.ExecutorService;

/**
 * The threads, bounds and meter that the tool calls of all runs share.
 *
 * @param threads run the tools; without a bound of their own, since runs are bounded and each waits for its call
 * @param meter told of each call
 */
public record ToolRunner(ExecutorService threads, Limits limits, Meter meter) {

    /**
     * The bounds on calls of tools.
     *
     * @param timeout how long a tool may work that has no time-out of its own
     * @param calls how many calls a run may make; further ones get an error result
     * @param resultBytes the largest result, in bytes of UTF-8; a larger one becomes an error result
     */
    public record Limits(Duration timeout, int calls, ByteSize resultBytes) {
        public Limits {
            require(timeout.toMillis() >= 1, "timeout must be positive");
            require(calls >= 1, "calls must be at least 1");
            require(resultBytes.bytes() >= 1 << 10, "resultBytes must be at least 1KiB");
        }

        public static Limits defaults() {
            return new Limits(Duration.ofMinutes(2), 100, ByteSize.kibibytes(256));
        }

        private static void require(boolean holds, String problem) {
            if (!holds) {
                throw new IllegalArgumentException(problem);
            }
        }
    }

    /** A listener for the outcome of each call. */
    @FunctionalInterface
    public interface Meter {
        void called(ToolResult.Status status, Duration took);
    }
}
