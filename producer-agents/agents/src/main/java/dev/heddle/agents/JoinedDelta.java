package dev.heddle.agents;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Neighbouring deltas of one message or tool call, joined into one event: all the text, and the last one's time. */
final class JoinedDelta {

    private static final List<String> OWN = List.of("delta", "timestamp");

    private final ObjectNode rest;
    private final StringBuilder text;
    private ObjectNode last;

    JoinedDelta(ObjectNode first) {
        this.rest = restOf(first);
        this.text = new StringBuilder(first.path("delta").asText());
        this.last = first;
    }

    /** True if the event is a piece of text that may be joined with others, and not too long for that. */
    static boolean isOne(ObjectNode event, int longest) {
        return switch (event.path("type").asText()) {
            case "TEXT_MESSAGE_CONTENT", "REASONING_MESSAGE_CONTENT", "TOOL_CALL_ARGS" ->
                event.path("delta").asText().length() <= longest;
            default -> false;
        };
    }

    /** Joins the next delta if it differs only in text and time, and the joined text stays short enough. */
    boolean takes(ObjectNode next, int longest) {
        String more = next.path("delta").asText();
        if (text.length() + more.length() > longest || !rest.equals(restOf(next))) {
            return false;
        }
        text.append(more);
        last = next;
        return true;
    }

    ObjectNode toEvent() {
        ObjectNode event = last.deepCopy();
        return event.put("delta", text.toString());
    }

    private static ObjectNode restOf(ObjectNode event) {
        return event.deepCopy().without(OWN);
    }
}
