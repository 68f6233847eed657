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

/** The sender of replies to commands that start no run: the CUSTOM event {@code heddle.command}, outside any run. */
final class CommandReplies {

    private final InstantSource clock;

    CommandReplies(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Sends the reply; completes when it is acknowledged, on Kafka's thread. If it is not, the command stays unsettled,
     * and the executor that takes the partition over answers it.
     */
    CompletionStage<Void> send(CommandRecord record, CommandReply reply) {
        CommandHeader command = record.header();
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("type", "CUSTOM").put("name", CommandReply.EVENT);
        event.putObject("value")
                .put("id", command.id())
                .put("status", reply.status())
                .put("code", reply.name().toLowerCase(Locale.ROOT));
        event.put("timestamp", clock.millis());
        Envelope envelope = new Envelope(EventIds.next(), command.user(), command.threadId(), null, null);
        return record.assignment()
                .publisher()
                .publish(new AgentEvent(envelope, event), record.traceparent())
                .thenAccept(place -> {});
    }
}
