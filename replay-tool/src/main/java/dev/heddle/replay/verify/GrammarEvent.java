package dev.heddle.replay.verify;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.EventItem;
import dev.heddle.event.Json;
import dev.heddle.event.RunGrammar;

/**
 * The fields of an event that {@link RunGrammar} checks. Those of a delta, and most events are deltas, are type, id and
 * subagent; a delta whose bytes name no subagent is not parsed to a tree.
 */
final class GrammarEvent {
    private static final byte[] SUBAGENT = "\"subagentRunId\"".getBytes(US_ASCII);

    private GrammarEvent() {}

    static ObjectNode of(EventItem item) {
        String field =
                switch (item.type()) {
                    case "TEXT_MESSAGE_CONTENT", "REASONING_MESSAGE_CONTENT" -> "messageId";
                    case "TOOL_CALL_ARGS" -> "toolCallId";
                    default -> "";
                };
        String id = field.isEmpty() ? null : field.equals("messageId") ? item.messageId() : item.toolCallId();
        if (id == null || names(item.json())) {
            return Json.parseObject(item.eventJson());
        }
        return Json.object().put("type", item.type()).put(field, id);
    }

    private static boolean names(byte[] json) {
        int last = json.length - SUBAGENT.length;
        for (int at = 0; at <= last; at++) {
            if (json[at] == '"' && json[at + 1] == 's' && matches(json, at)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(byte[] json, int at) {
        for (int i = 2; i < SUBAGENT.length; i++) {
            if (json[at + i] != SUBAGENT[i]) {
                return false;
            }
        }
        return true;
    }
}
