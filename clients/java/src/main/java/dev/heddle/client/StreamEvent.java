package dev.heddle.client;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One AG-UI event with its thread, run and number: an element of an {@code events} frame.
 *
 * @param json the whole element
 */
public record StreamEvent(JsonNode json) {
    /** The id of this event, unique for its user. */
    public String eventId() {
        return json.path("eventId").asText();
    }

    /** The id of its thread. */
    public String threadId() {
        return json.path("threadId").asText();
    }

    /** The id of its run; empty if it belongs to none. */
    public String runId() {
        return json.path("runId").asText();
    }

    /** The number of this event in its run, from 0; of a folded event the last one; -1 if it belongs to no run. */
    public long runSeq() {
        return json.path("runSeq").asLong(-1);
    }

    /** The AG-UI event. */
    public JsonNode event() {
        return json.path("event");
    }

    /** The type of the AG-UI event, say {@code RUN_STARTED}. */
    public String type() {
        return event().path("type").asText();
    }

    /** True if this event ends its run, successfully or with an error. */
    public boolean isTerminal() {
        return type().equals("RUN_FINISHED") || type().equals("RUN_ERROR");
    }
}
