package dev.heddle.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import java.util.List;
import java.util.Optional;

/**
 * The client's input to a run: AG-UI's RunAgentInput, with a few ways to read it.
 *
 * <p>Clients write it, so every accessor tolerates a field that is absent or of another type. The run owns the object.
 *
 * @param asked the interrupts that {@link #resume} answers, as the log has them: what an answer was asked for is not
 *     the client's to say; empty outside an executor
 */
public record RunInput(ObjectNode json, List<ObjectNode> asked) {

    public RunInput {
        asked = List.copyOf(asked);
    }

    /** The input of a run that answers nothing, or that no executor has begun. */
    public RunInput(ObjectNode json) {
        this(json, List.of());
    }

    /** The conversation so far as the client sent it, oldest first; empty if there is none. */
    public ArrayNode messages() {
        return json.path("messages") instanceof ArrayNode messages ? messages : JsonNodeFactory.instance.arrayNode();
    }

    /** The text of the newest message whose role is {@code user}, its text parts joined; empty if there is none. */
    public String lastUserText() {
        ArrayNode messages = messages();
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).path("role").asText().equals("user")) {
                return textOf(messages.get(i).path("content"));
            }
        }
        return "";
    }

    /** The answers that this run was begun with, as AG-UI's resume entries; empty if it answers nothing. */
    public ArrayNode resume() {
        return json.path("resume") instanceof ArrayNode answers ? answers : JsonNodeFactory.instance.arrayNode();
    }

    /** The entry that answers this interrupt; empty if none does. */
    public Optional<JsonNode> answer(String interruptId) {
        for (JsonNode entry : resume()) {
            if (entry.path("interruptId").asText().equals(interruptId)) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    /**
     * The interrupt with this id that an entry of {@link #resume} answers, as the log has it; empty outside an
     * executor.
     */
    public Optional<ObjectNode> asked(String interruptId) {
        return asked.stream()
                .filter(interrupt -> interrupt.path("id").asText().equals(interruptId))
                .findFirst();
    }

    /** A tool call that a message of the assistant's carries. */
    public Optional<ToolRequest> toolCall(String toolCallId) {
        for (JsonNode message : messages()) {
            for (JsonNode call : message.path("toolCalls")) {
                if (call.path("id").asText().equals(toolCallId)) {
                    JsonNode function = call.path("function");
                    return requestOf(toolCallId, function);
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<ToolRequest> requestOf(String toolCallId, JsonNode function) {
        try {
            ObjectNode arguments = Json.parseObject(function.path("arguments").asText());
            return Optional.of(new ToolRequest(toolCallId, function.path("name").asText(), arguments));
        } catch (InvalidEventException e) {
            return Optional.empty();
        }
    }

    /** The client's {@code forwardedProps}; a missing node if there are none. */
    public JsonNode forwardedProps() {
        return json.path("forwardedProps");
    }

    /** The client's {@code state}; a missing node if there is none. */
    public JsonNode state() {
        JsonNode state = json.path("state");
        return state.isNull() ? MissingNode.getInstance() : state;
    }

    private static String textOf(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue();
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            if (part.path("type").asText().equals("text")) {
                text.append(part.path("text").asText());
            }
        }
        return text.toString();
    }
}
