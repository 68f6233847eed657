package dev.heddle.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One AG-UI event in its envelope. The event is a JSON object with at least a {@code type} and a {@code timestamp}
 * (milliseconds since the epoch, a safe integer); its maker does not change it afterwards.
 */
public record AgentEvent(Envelope envelope, ObjectNode event) {
    public AgentEvent {
        JsonNode type = event.get("type");
        if (type == null || !type.isTextual() || type.textValue().isEmpty() || !Utf8.isWellFormed(type.textValue())) {
            throw new InvalidEventException("type must be a non-empty string");
        }
        SafeInteger.of("timestamp", event.get("timestamp"));
    }

    /** The event with this timestamp, unless it has one already; the given object is not changed. */
    public static AgentEvent stamped(Envelope envelope, ObjectNode event, long epochMillis) {
        if (event.has("timestamp")) {
            return new AgentEvent(envelope, event);
        }
        ObjectNode stamped = event.objectNode();
        stamped.setAll(event);
        stamped.put("timestamp", epochMillis);
        return new AgentEvent(envelope, stamped);
    }

    /** AG-UI's event type, perhaps one that this version does not know. */
    public String type() {
        return event.get("type").textValue();
    }

    /** The event's own time in milliseconds since the epoch. */
    public long timestamp() {
        return SafeInteger.of("timestamp", event.get("timestamp"));
    }
}
