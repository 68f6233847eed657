package dev.heddle.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** AG-UI 1.0 events as JSON, without their timestamp, which the emitter stamps. */
final class AgUi {

    private AgUi() {}

    static ObjectNode event(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    /** RUN_STARTED, with the input if one is given, completed to a RunAgentInput. */
    static ObjectNode runStarted(RunAddress address, @Nullable RunInput input) {
        ObjectNode event = event("RUN_STARTED")
                .put("threadId", address.threadId())
                .put("runId", address.runId())
                .put("protocolVersion", "1.0");
        if (input != null) {
            ObjectNode full = input.json().deepCopy();
            full.put("threadId", address.threadId()).put("runId", address.runId());
            if (!full.has("messages")) {
                full.putArray("messages");
            }
            if (full.path("parentRunId").isTextual()) {
                event.set("parentRunId", full.get("parentRunId"));
            }
            event.set("input", full);
        }
        return event;
    }

    static ObjectNode runFinished(RunAddress address) {
        return event("RUN_FINISHED").put("threadId", address.threadId()).put("runId", address.runId());
    }

    static ObjectNode runFinished(RunAddress address, String outcome) {
        ObjectNode event = runFinished(address);
        event.putObject("outcome").put("type", outcome);
        return event;
    }

    static ObjectNode interrupted(RunAddress address, ArrayNode interrupts) {
        ObjectNode event = runFinished(address, "interrupt");
        event.withObject("/outcome").set("interrupts", interrupts);
        return event;
    }

    static ObjectNode runError(String code, String message) {
        return event("RUN_ERROR").put("message", message).put("code", code);
    }

    static ObjectNode textStart(String messageId, String role) {
        return event("TEXT_MESSAGE_START").put("messageId", messageId).put("role", role);
    }

    static ObjectNode toolCallStart(String toolCallId, String name) {
        return event("TOOL_CALL_START").put("toolCallId", toolCallId).put("toolCallName", name);
    }

    static ObjectNode toolCallResult(String messageId, String toolCallId, String content) {
        return event("TOOL_CALL_RESULT")
                .put("messageId", messageId)
                .put("toolCallId", toolCallId)
                .put("content", content)
                .put("role", "tool");
    }

    static ObjectNode ofMessage(String type, String messageId) {
        return event(type).put("messageId", messageId);
    }

    static ObjectNode ofToolCall(String type, String toolCallId) {
        return event(type).put("toolCallId", toolCallId);
    }

    static ObjectNode custom(String name, JsonNode value) {
        ObjectNode event = event("CUSTOM").put("name", name);
        event.set("value", value);
        return event;
    }
}
