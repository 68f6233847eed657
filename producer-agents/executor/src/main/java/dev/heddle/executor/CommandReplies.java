package dev.heddle.executor;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.CommandHeader;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventIds;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.CompletionStage;

/**
 * Tells the user what became of a command that is not a run: the CUSTOM event {@code heddle.command}, outside any run.
 */
final class CommandReplies {

    static final String EVENT = "heddle.command";

    /** What became of the command. The wire has the names in lower case. */
    enum Reply {
        UNKNOWN_AGENT("rejected"),
        EXPIRED("rejected"),
        INVALID("rejected"),
        /** Its input is more than the log takes in one event. */
        TOO_LARGE("rejected"),
        DUPLICATE_RUN("rejected"),
        NOT_RUNNING("rejected"),
        /** No run of the thread has asked what is answered. */
        NOTHING_TO_RESUME("rejected"),
        /** It was answered before: the first answer in the log counts. */
        ALREADY_RESOLVED("rejected"),
        /** Too many commands waited, and this user had the most of them. */
        RATE_LIMITED("rejected"),
        /** Cancelled before its turn came: no run was begun. */
        CANCELLED("cancelled");

        private final String status;

        Reply(String status) {
            this.status = status;
        }
    }

    private final InstantSource clock;

    CommandReplies(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Sends the reply; completes when it is acknowledged, on Kafka's thread. If it is not, the command stays unsettled,
     * and is answered by whoever takes the partition over.
     */
    CompletionStage<Void> send(CommandRecord record, Reply reply) {
        CommandHeader command = record.header();
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("type", "CUSTOM").put("name", EVENT);
        event.putObject("value")
                .put("id", command.id())
                .put("status", reply.status)
                .put("code", reply.name().toLowerCase(Locale.ROOT));
        event.put("timestamp", clock.millis());
        Envelope envelope = new Envelope(EventIds.next(), command.user(), command.threadId(), null, null);
        return record.claim()
                .publisher()
                .publish(new AgentEvent(envelope, event), record.traceparent())
                .thenAccept(place -> {});
    }
}
