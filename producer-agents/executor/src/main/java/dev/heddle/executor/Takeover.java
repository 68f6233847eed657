package dev.heddle.executor;

import dev.heddle.agents.PartitionFence;
import dev.heddle.topic.LogLimit;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a command partition comes to this executor: first the fence, then the end of the commands, then the log. In this
 * order nothing can be missed: once the fence stands, whoever had the partition before appends nothing more, so what is
 * read then is all there will be of it; and a command that came later has had nobody else.
 */
final class Takeover {

    private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);

    private final PartitionReader reader;
    private final LogLimit logged = LogLimit.ofReader();
    private final Fences fences;
    private final Executor now;
    private final Executor later;

    /**
     * @param now runs what it is given on a thread that may block
     * @param later the same after a pause
     */
    Takeover(PartitionReader reader, Fences fences, Executor now, Executor later) {
        this.reader = reader;
        this.fences = fences;
        this.now = now;
        this.later = later;
    }

    /**
     * Takes the claim's partition over, again and again until that has worked or the claim is released; then it never
     * completes.
     *
     * @param oldest when the oldest command was appended that is not settled
     */
    CompletionStage<TakenPartition> take(Claim claim, Instant oldest) {
        CompletableFuture<TakenPartition> done = new CompletableFuture<>();
        now.execute(() -> attempt(claim, oldest, done));
        return done;
    }

    private void attempt(Claim claim, Instant oldest, CompletableFuture<TakenPartition> done) {
        if (claim.isReleased()) {
            return;
        }
        PartitionFence fence;
        try {
            fence = fences.take(claim.partition());
        } catch (RuntimeException | Error e) {
            again(claim, oldest, done, e);
            return;
        }
        try {
            CommandsAhead ahead = CommandsAhead.read(reader, claim.partition(), claim.resumeFrom());
            PartitionHistory history = new RunHistory(reader).read(claim.partition(), oldest);
            done.complete(new TakenPartition(fence, ahead, history));
        } catch (RuntimeException | Error e) {
            fences.discard(fence);
            again(claim, oldest, done, e);
        }
    }

    private void again(Claim claim, Instant oldest, CompletableFuture<TakenPartition> done, Throwable problem) {
        logged.permit().ifPresent(suppressed -> LOG.atWarn()
                .addKeyValue("partition", claim.partition())
                .addKeyValue("failure", problem.getClass().getName())
                .addKeyValue("suppressed", suppressed)
                .log("a partition could not be taken over; trying again"));
        later.execute(() -> attempt(claim, oldest, done));
    }

    /** Lets go of what was taken for a claim that is released. */
    void leave(TakenPartition taken) {
        now.execute(() -> fences.discard(taken.fence()));
    }
}
