package dev.heddle.agents.runtime;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.heddle.agents.Publisher;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventIds;
import dev.heddle.event.RunPlace;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends runs that began and can no longer end by themselves: their process is gone, or Kafka did not acknowledge one of
 * their events. The run goes on at its next runSeq with a raised attempt, and RUN_ERROR closes all that is open.
 *
 * <p>This is where taking a run over belongs: a fence before it, and continuing instead of ending.
 */
final class LostRuns {

    private static final Logger LOG = LoggerFactory.getLogger(LostRuns.class);

    /** Why a run is ended by somebody else than its agent. */
    enum Cause {
        EXECUTOR_LOST("executor_lost", "The process that ran the agent is gone."),
        PUBLISH_FAILED("publish_failed", "An event of this run could not be stored.");

        private final String code;
        private final String message;

        Cause(String code, String message) {
            this.code = code;
            this.message = message;
        }
    }

    /** What was found in the log. */
    enum Found {
        NOTHING,
        ENDED,
        /** Nothing was looked for: the partition has been taken away. */
        ANOTHERS
    }

    private final Publisher publisher;
    private final RunHistory history;
    private final InstantSource clock;
    private final Executor later;

    /** @param later runs what it is given after a pause, on a thread that may block */
    LostRuns(Publisher publisher, RunHistory history, InstantSource clock, Executor later) {
        this.publisher = publisher;
        this.history = history;
        this.clock = clock;
        this.later = later;
    }

    /** Ends an open run after what the log says of it. Fails if Kafka does not acknowledge that. */
    CompletionStage<Void> end(RunKey run, RunTrace trace, Cause cause) {
        if (trace.isOver()) {
            return CompletableFuture.completedStage(null);
        }
        RunPlace place = new RunPlace(run.runId(), trace.lastSeq() + 1, trace.attempt() + 1);
        Envelope envelope = new Envelope(EventIds.next(), run.user(), trace.threadId(), trace.agentId(), place);
        AgentEvent event = new AgentEvent(
                envelope,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("type", "RUN_ERROR")
                        .put("message", cause.message)
                        .put("code", cause.code)
                        .put("timestamp", clock.millis()));
        return publisher.publish(event).thenAccept(acknowledged -> {});
    }

    /**
     * Looks into the log what became of the command's run and ends it if it is open, again and again until that has
     * worked or the command is another process's to care for.
     */
    CompletionStage<Found> repair(CommandRecord command, Cause cause) {
        CompletableFuture<Found> done = new CompletableFuture<>();
        later.execute(() -> tryRepair(command, cause, done));
        return done;
    }

    private void tryRepair(CommandRecord command, Cause cause, CompletableFuture<Found> done) {
        if (command.claim().isReleased()) {
            done.complete(Found.ANOTHERS);
            return;
        }
        RunKey run = RunKey.of(command.command());
        try {
            RunTrace trace =
                    history.read(command.claim().partition(), command.at()).of(run);
            if (trace == null) {
                done.complete(Found.NOTHING);
                return;
            }
            end(run, trace, cause).whenComplete((ended, failure) -> {
                if (failure == null) {
                    done.complete(Found.ENDED);
                } else {
                    later.execute(() -> tryRepair(command, cause, done));
                }
            });
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("partition", command.claim().partition())
                    .addKeyValue("failure", e.getClass().getName())
                    .log("the log could not be read to end a run; trying again");
            later.execute(() -> tryRepair(command, cause, done));
        }
    }
}
