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

    private static final Logger log = LoggerFactory.getLogger(Takeover.class);

    private final PartitionReader reader;
    private final LogLimit logged = LogLimit.ofReader();
    private final PartitionFences fences;
    private final Executor now;
    private final Executor later;

    /**
     * @param now runs what it is given on a thread that may block
     * @param later the same after a pause
     */
    Takeover(PartitionReader reader, PartitionFences fences, Executor now, Executor later) {
        this.reader = reader;
        this.fences = fences;
        this.now = now;
        this.later = later;
    }

    /**
     * Takes the assignment's partition over, again and again until that has worked or the assignment is released; then
     * it never completes.
     *
     * @param oldest when the oldest command was appended that is not settled
     */
    CompletionStage<TakenPartition> take(PartitionAssignment assignment, Instant oldest) {
        CompletableFuture<TakenPartition> done = new CompletableFuture<>();
        now.execute(() -> attempt(assignment, oldest, done));
        return done;
    }

    private void attempt(PartitionAssignment assignment, Instant oldest, CompletableFuture<TakenPartition> done) {
        if (assignment.isReleased()) {
            return;
        }
        PartitionFence fence;
        try {
            fence = fences.take(assignment.partition());
        } catch (RuntimeException | Error e) {
            again(assignment, oldest, done, e);
            return;
        }
        try {
            PendingCancels ahead = PendingCancels.read(reader, assignment.partition(), assignment.resumeFrom());
            PartitionHistory history = new RunHistory(reader).read(assignment.partition(), oldest);
            done.complete(new TakenPartition(fence, ahead, history));
        } catch (RuntimeException | Error e) {
            fences.discard(fence);
            again(assignment, oldest, done, e);
        }
    }

    private void again(
            PartitionAssignment assignment, Instant oldest, CompletableFuture<TakenPartition> done, Throwable problem) {
        logged.permit().ifPresent(suppressed -> log.atWarn()
                .addKeyValue("partition", assignment.partition())
                .addKeyValue("error", problem.getClass().getName())
                .addKeyValue("suppressed", suppressed)
                .log("A partition could not be taken over; trying again"));
        later.execute(() -> attempt(assignment, oldest, done));
    }

    /** Lets go of what was taken for an assignment that is released. */
    void leave(TakenPartition taken) {
        now.execute(() -> fences.discard(taken.fence()));
    }
}
