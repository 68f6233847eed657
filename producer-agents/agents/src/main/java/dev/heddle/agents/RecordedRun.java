package dev.heddle.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The logged part of a run that another process began and did not end; a {@link ResumableAgent} goes on from it.
 *
 * @param events AG-UI events in their order, neighbouring deltas of one message joined into one; not to be changed
 * @param lastSeq the runSeq of the last event
 * @param attempt the highest attempt so far
 */
public record RecordedRun(List<ObjectNode> events, long lastSeq, int attempt) {

    public RecordedRun {
        events = List.copyOf(events);
    }

    /** A tool call that the run had begun. */
    public record Call(String toolCallId, String tool, String arguments, boolean complete, Optional<String> result) {}

    /** The calls of tools so far, in the order in which they began. */
    public List<Call> calls() {
        Map<String, Call> calls = new LinkedHashMap<>();
        for (ObjectNode event : events) {
            String id = event.path("toolCallId").asText();
            switch (event.path("type").asText()) {
                case "TOOL_CALL_START" ->
                    calls.put(id, new Call(id, event.path("toolCallName").asText(), "", false, Optional.empty()));
                case "TOOL_CALL_ARGS" ->
                    calls.computeIfPresent(
                            id,
                            (key, call) -> new Call(
                                    id,
                                    call.tool,
                                    call.arguments + event.path("delta").asText(),
                                    false,
                                    call.result));
                case "TOOL_CALL_END" ->
                    calls.computeIfPresent(
                            id, (key, call) -> new Call(id, call.tool, call.arguments, true, call.result));
                case "TOOL_CALL_RESULT" ->
                    calls.compute(
                            id,
                            (key, call) -> call == null
                                    ? new Call(id, "", "", true, Optional.of(textOf(event)))
                                    : new Call(
                                            id, call.tool, call.arguments, call.complete, Optional.of(textOf(event))));
                default -> {}
            }
        }
        return List.copyOf(calls.values());
    }

    /** The text of each message of the assistant's so far, by message id, in the order in which they began. */
    public Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        for (ObjectNode event : events) {
            String id = event.path("messageId").asText();
            switch (event.path("type").asText()) {
                case "TEXT_MESSAGE_START" -> texts.putIfAbsent(id, "");
                case "TEXT_MESSAGE_CONTENT" ->
                    texts.merge(id, event.path("delta").asText(), String::concat);
                default -> {}
            }
        }
        return texts;
    }

    /** The id of the message that is open, the newest if there are several. */
    public Optional<String> openMessage() {
        Map<String, Boolean> open = new LinkedHashMap<>();
        for (ObjectNode event : events) {
            String id = event.path("messageId").asText();
            switch (event.path("type").asText()) {
                case "TEXT_MESSAGE_START" -> open.put(id, true);
                case "TEXT_MESSAGE_END" -> open.remove(id);
                default -> {}
            }
        }
        return open.keySet().stream().reduce((first, second) -> second);
    }

    /** True if an event of this type and name (of a CUSTOM event, or a step) has been recorded. */
    public boolean holds(String type, String name) {
        return events.stream()
                .anyMatch(event -> event.path("type").asText().equals(type)
                        && (event.path("name").asText().equals(name)
                                || event.path("stepName").asText().equals(name)));
    }

    private static String textOf(ObjectNode result) {
        JsonNode content = result.path("content");
        return content.isTextual() ? content.textValue() : content.toString();
    }
}
