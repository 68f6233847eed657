package dev.heddle.edge.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.Json;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;

/** The event that is measured: a piece of text, about 300 bytes in the log. */
public final class Samples {
    private static final int TEXT = 140;

    private Samples() {}

    /** As an executor has it. */
    public static AgentEvent event(UserKey user) {
        ObjectNode event = Json.object()
                .put("type", "TEXT_MESSAGE_CONTENT")
                .put("timestamp", 1_767_225_600_000L)
                .put("messageId", "message-1")
                .put("delta", "x".repeat(TEXT));
        return new AgentEvent(
                new Envelope(
                        "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", user, "thread-1", "echo", new RunPlace("run-1", 17, 0)),
                event);
    }

    /** As the log has it. */
    public static byte[] stored(UserKey user) {
        return EventCodec.encode(event(user));
    }
}
