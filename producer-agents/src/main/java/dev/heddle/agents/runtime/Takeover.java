package dev.heddle.agents.runtime;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out, when a partition is taken over, what another process has done with the commands that were not committed.
 * One read of the partition for all of them.
 */
final class Takeover {

    private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);

    private final RunHistory history;
    private final Executor now;
    private final Executor later;

    /**
     * @param now runs what it is given on a thread that may block
     * @param later the same after a pause
     */
    Takeover(RunHistory history, Executor now, Executor later) {
        this.history = history;
        this.now = now;
        this.later = later;
    }

    /** Reads the partition from the oldest uncommitted command on, again and again until that has worked. */
    CompletionStage<RunHistory.Traces> read(int partition, Instant oldest) {
        CompletableFuture<RunHistory.Traces> done = new CompletableFuture<>();
        now.execute(() -> attempt(partition, oldest, done));
        return done;
    }

    private void attempt(int partition, Instant oldest, CompletableFuture<RunHistory.Traces> done) {
        try {
            done.complete(history.read(partition, oldest));
        } catch (KafkaException e) {
            LOG.atWarn()
                    .addKeyValue("partition", partition)
                    .addKeyValue("failure", e.getClass().getName())
                    .log("the log could not be read to take a partition over; trying again");
            later.execute(() -> attempt(partition, oldest, done));
        }
    }
}
