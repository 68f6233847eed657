package dev.heddle.replay.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import org.jspecify.annotations.Nullable;

/** The stored form of one event: a record's value. Immutable; its bytes are not to be modified. */
public final class StoredEvent {
    private final byte[] bytes;

    public StoredEvent(byte[] bytes) {
        this.bytes = bytes;
    }

    public byte[] bytes() {
        return bytes;
    }

    /**
     * Makes the stored event of an ITEM, which gives the same ITEM again.
     *
     * @throws InvalidEventException if it is no ITEM, stands for several events, or would not come out as it went in
     */
    static StoredEvent of(UserKey user, ObjectNode item) {
        if (item.has("runSeqFrom")) {
            throw new InvalidEventException("a folded ITEM stands for several events, which it has lost");
        }
        if (!(item.get("event") instanceof ObjectNode event)) {
            throw new InvalidEventException("an ITEM without an event");
        }
        String runId = text(item, "runId");
        RunPlace run = runId == null
                ? null
                : new RunPlace(runId, number(item, "runSeq"), Math.toIntExact(number(item, "attempt")));
        Envelope envelope =
                new Envelope(needed(item, "eventId"), user, needed(item, "threadId"), text(item, "agentId"), run);
        StoredEvent stored = new StoredEvent(EventCodec.encode(new AgentEvent(envelope, event)));
        String again = new String(EventItem.of(user, stored.bytes).json(), UTF_8);
        if (!again.equals(Json.text(item))) {
            throw new InvalidEventException("the ITEM would not come out as it went in");
        }
        return stored;
    }

    private static String needed(ObjectNode item, String field) {
        String text = text(item, field);
        if (text == null) {
            throw new InvalidEventException("an ITEM without " + field);
        }
        return text;
    }

    private static @Nullable String text(ObjectNode item, String field) {
        JsonNode value = item.get(field);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw new InvalidEventException(field + " must be a string");
        }
        return value.textValue();
    }

    private static long number(ObjectNode item, String field) {
        JsonNode value = item.get(field);
        if (value == null || !value.canConvertToLong() || !value.isIntegralNumber()) {
            throw new InvalidEventException(field + " must be a whole number");
        }
        return value.longValue();
    }
}
