package dev.heddle.agents.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The messages of a thread, folded from its events in the way of AG-UI's client: text and reasoning by message id, a tool
 * call into the assistant's message that carries it, a result as a message of its own.
 */
final class ThreadMessages {

    private final Map<String, ObjectNode> messages = new LinkedHashMap<>();
    private final Map<String, StringBuilder> texts = new HashMap<>();
    private final Map<String, ObjectNode> calls = new HashMap<>();
    private final Map<String, StringBuilder> arguments = new HashMap<>();

    void accept(ObjectNode event) {
        String id = event.path("messageId").asText();
        String callId = event.path("toolCallId").asText();
        switch (event.path("type").asText()) {
            case "TEXT_MESSAGE_START" -> open(id, event.path("role").asText("assistant"));
            case "REASONING_MESSAGE_START" -> open(id, "reasoning");
            case "TEXT_MESSAGE_CONTENT", "REASONING_MESSAGE_CONTENT" ->
                texts.computeIfAbsent(id, key -> new StringBuilder())
                        .append(event.path("delta").asText());
            case "TOOL_CALL_START" -> beginCall(callId, event);
            case "TOOL_CALL_ARGS" ->
                arguments
                        .computeIfAbsent(callId, key -> new StringBuilder())
                        .append(event.path("delta").asText());
            case "TOOL_CALL_RESULT" -> {
                ObjectNode result = message(id, "tool").put("toolCallId", callId);
                result.set("content", event.path("content"));
                messages.put(id, result);
            }
            case "MESSAGES_SNAPSHOT" -> {
                messages.clear();
                texts.clear();
                calls.clear();
                arguments.clear();
                told(event.path("messages"));
            }
            default -> {}
        }
    }

    /** Messages that came whole; those that are known stay as they are. */
    void told(JsonNode whole) {
        for (JsonNode message : whole) {
            if (message instanceof ObjectNode given) {
                messages.putIfAbsent(given.path("id").asText(), given.deepCopy());
            }
        }
    }

    private void open(String id, String role) {
        ObjectNode known = messages.computeIfAbsent(id, key -> message(key, role));
        if (known.path("content").isTextual()) {
            texts.computeIfAbsent(
                    id, key -> new StringBuilder(known.path("content").asText()));
        }
    }

    private void beginCall(String callId, ObjectNode event) {
        if (calls.containsKey(callId)) {
            return;
        }
        String parent = event.path("parentMessageId").asText(callId);
        ObjectNode carrier = messages.computeIfAbsent(parent, key -> message(key, "assistant"));
        ObjectNode call = carrier.withArray("/toolCalls").addObject();
        call.put("id", callId)
                .put("type", "function")
                .putObject("function")
                .put("name", event.path("toolCallName").asText());
        calls.put(callId, call);
    }

    private static ObjectNode message(String id, String role) {
        return JsonNodeFactory.instance.objectNode().put("id", id).put("role", role);
    }

    Set<String> ids() {
        Set<String> ids = new HashSet<>(messages.keySet());
        ids.addAll(calls.keySet());
        return ids;
    }

    ArrayNode toArray() {
        texts.forEach((id, text) -> {
            ObjectNode message = messages.get(id);
            if (message != null) {
                message.put("content", text.toString());
            }
        });
        calls.forEach((id, call) -> {
            StringBuilder text = arguments.get(id);
            call.withObject("/function").put("arguments", text == null ? "" : text.toString());
        });
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        messages.values().forEach(message -> all.add(message.deepCopy()));
        return all;
    }
}
