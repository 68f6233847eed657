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
 * The takeover of a command partition by this executor: first the fence, then the end of the commands, then the log. In
 * this order nothing can be missed. Once the fence is taken, the former owner appends nothing more, so the log is
 * complete when it is read; and no other executor has had a command that came later.
 */
final class Takeover {

    private static final Logger log = LoggerFactory.getLogger(Takeover.class);

    private final HistoryReaders readers;
    private final LogLimit logged = LogLimit.ofReader();
    private final PartitionFences fences;
    private final Executor now;
    private final Executor later;

    /**
     * @param now runs what it is given on a thread that may block
     * @param later the same after a pause
     */
    Takeover(HistoryReaders readers, PartitionFences fences, Executor now, Executor later) {
        this.readers = readers;
        this.fences = fences;
        this.now = now;
        this.later = later;
    }

    /**
     * Takes the assignment's partition over, with retries until it succeeds. If the assignment is released before, the
     * future never completes.
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
            PendingCancels ahead = PendingCancels.read(readers, assignment.partition(), assignment.resumeFrom());
            PartitionHistory history = new RunHistory(readers).read(assignment.partition(), oldest);
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

    /** Gives up the partition of an assignment that is released. */
    void leave(TakenPartition taken) {
        now.execute(() -> fences.discard(taken.fence()));
    }
}
