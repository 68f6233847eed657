package dev.heddle.agents.runtime;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.Publisher;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.CommandHeader;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventIds;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Tells the user what became of a command that is not a run: the CUSTOM event {@code heddle.command}, outside any run. */
final class CommandReplies {

    static final String EVENT = "heddle.command";

    /** What became of the command. The wire has the names in lower case. */
    enum Reply {
        UNKNOWN_AGENT("rejected"),
        EXPIRED("rejected"),
        INVALID("rejected"),
        DUPLICATE_RUN("rejected"),
        NOT_RUNNING("rejected"),
        NOTHING_TO_RESUME("rejected"),
        /** Cancelled before its turn came: no run was begun. */
        CANCELLED("cancelled"),
        /** Nothing of the run could be put into the log. */
        UNAVAILABLE("failed");

        private final String status;

        Reply(String status) {
            this.status = status;
        }
    }

    private final Publisher publisher;
    private final InstantSource clock;
    private final Executor later;

    /** @param later runs what it is given after a pause: a reply that Kafka did not acknowledge is sent again */
    CommandReplies(Publisher publisher, InstantSource clock, Executor later) {
        this.publisher = publisher;
        this.clock = clock;
        this.later = later;
    }

    /** Sends the reply until it is acknowledged; completes then, on Kafka's thread. */
    CompletionStage<Void> send(CommandHeader command, Reply reply) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("type", "CUSTOM").put("name", EVENT);
        event.putObject("value")
                .put("id", command.id())
                .put("status", reply.status)
                .put("code", reply.name().toLowerCase(Locale.ROOT));
        event.put("timestamp", clock.millis());
        Envelope envelope = new Envelope(EventIds.next(), command.user(), command.threadId(), null, null);
        CompletableFuture<Void> done = new CompletableFuture<>();
        attempt(new AgentEvent(envelope, event), done);
        return done;
    }

    private void attempt(AgentEvent event, CompletableFuture<Void> done) {
        publisher.publish(event).whenComplete((place, failure) -> {
            if (failure == null) {
                done.complete(null);
            } else {
                later.execute(() -> attempt(event, done));
            }
        });
    }
}
