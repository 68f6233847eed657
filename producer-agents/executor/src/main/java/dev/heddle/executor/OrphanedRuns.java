package dev.heddle.executor;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.heddle.agents.PublishFailedException;
import dev.heddle.agents.Publisher;
import dev.heddle.agents.RunAddress;
import dev.heddle.agents.RunEmitter;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.CommandHeader;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventIds;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.RunPlace;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The ending of runs that no agent works on. A run that another process began and no agent continues ends at its next
 * runSeq, with a raised attempt, after closing everything open. A run that could not be prepared ends, too.
 */
final class OrphanedRuns {

    /** The reason for ending such a run. */
    enum Cause {
        /** Its agent cannot go on with a run, or its agent is not on offer here. */
        EXECUTOR_LOST,
        /** It was begun so often that it may have killed its processes. */
        TOO_MANY_ATTEMPTS,
        /** Its user had cancelled it before its process died. */
        CANCELLED
    }

    private static final String UNPREPARED = "preparation_failed";
    private static final String CODE = "executor_lost";
    private static final String MESSAGE = "The process that ran the agent is gone.";

    private final InstantSource clock;

    OrphanedRuns(InstantSource clock) {
        this.clock = clock;
    }

    /** Ends an open run after its last event in the log. Fails if Kafka does not acknowledge the end. */
    CompletionStage<Void> end(CommandRecord record, LoggedRun trace, Cause cause) {
        RunKey run = record.runKey();
        Publisher publisher = record.assignment().publisher();
        RunAddress address = new RunAddress(run.user(), trace.threadId(), run.runId(), trace.agentId());
        try {
            RunEmitter out = publisher.resume(address, trace.recorded()).traced(record.traceparent());
            if (cause == Cause.CANCELLED) {
                out.cancel();
            } else {
                out.fail(CODE, MESSAGE);
            }
            return out.ended();
        } catch (InvalidEventException e) {
            return endUnreadable(publisher, address, trace);
        } catch (PublishFailedException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** Ends a run that could not be prepared, which is a bug: it has no event but its start and RUN_ERROR. */
    CompletionStage<Void> endUnprepared(CommandRecord record) {
        CommandHeader run = record.header();
        RunAddress address = new RunAddress(
                run.user(), run.threadId(), run.runId(), record.command().agentId());
        try {
            RunEmitter out = record.assignment().publisher().run(address).traced(record.traceparent());
            out.fail(UNPREPARED, "The run could not be prepared.");
            return out.ended();
        } catch (PublishFailedException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /**
     * Ends a run whose recorded events are not legal, with RUN_ERROR, which is allowed at any time and closes whatever
     * is open.
     */
    private CompletionStage<Void> endUnreadable(Publisher publisher, RunAddress address, LoggedRun trace) {
        RunPlace place = new RunPlace(address.runId(), trace.lastSeq() + 1, trace.attempt() + 1);
        Envelope envelope = new Envelope(EventIds.next(), address.user(), address.threadId(), address.agentId(), place);
        AgentEvent event = new AgentEvent(
                envelope,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("type", "RUN_ERROR")
                        .put("message", MESSAGE)
                        .put("code", CODE)
                        .put("timestamp", clock.millis()));
        return publisher.publish(event).thenAccept(acknowledged -> {});
    }
}
