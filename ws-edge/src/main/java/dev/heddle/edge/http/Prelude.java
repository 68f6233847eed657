package dev.heddle.edge.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.RunGrammar;
import java.util.ArrayList;
import java.util.List;

/**
 * The events that a client needs before those of a run whose beginning it does not get, so that AG-UI's order holds
 * from its first event on: a RUN_STARTED without input, and the start of each item that the run continues. For one
 * answer; its state is the run's grammar.
 */
final class Prelude {

    private final RunGrammar grammar = new RunGrammar();
    private final String threadId;
    private final String runId;

    Prelude(String threadId, String runId) {
        this.threadId = threadId;
        this.runId = runId;
    }

    /** The beginning of the run. It has no input: a client would put the input's messages at the end of its own. */
    ObjectNode begin() {
        ObjectNode started = Json.object()
                .put("type", "RUN_STARTED")
                .put("threadId", threadId)
                .put("runId", runId);
        grammar.accept(started);
        return started;
    }

    /**
     * Completes the run's next event.
     *
     * @return the made-up events that come before it, and the event itself as the last one; empty if the event cannot
     *     come here whatever precedes it
     */
    List<ObjectNode> complete(ObjectNode event) {
        List<ObjectNode> events = new ArrayList<>();
        if (event.path("type").asText().equals("RUN_FINISHED")) {
            return end(event);
        }
        try {
            grammar.accept(event);
        } catch (InvalidEventException refused) {
            ObjectNode opener = opener(event);
            try {
                grammar.accept(opener);
                events.add(opener);
                grammar.accept(event);
            } catch (InvalidEventException still) {
                return events;
            }
        }
        events.add(event);
        return events;
    }

    private List<ObjectNode> end(ObjectNode event) {
        List<ObjectNode> events = new ArrayList<>(grammar.closing());
        events.forEach(grammar::accept);
        grammar.accept(event);
        events.add(event);
        return events;
    }

    /** The start of the item that an event continues; an event that cannot be accepted if it continues none. */
    private static ObjectNode opener(ObjectNode event) {
        ObjectNode opener = Json.object();
        String type = event.path("type").asText();
        switch (type) {
            case "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END" ->
                opener.put("type", "TEXT_MESSAGE_START").put("role", "assistant");
            case "TOOL_CALL_ARGS", "TOOL_CALL_END" ->
                opener.put("type", "TOOL_CALL_START").put("toolCallName", "unknown");
            case "REASONING_MESSAGE_CONTENT", "REASONING_MESSAGE_END" ->
                opener.put("type", "REASONING_MESSAGE_START").put("role", "reasoning");
            case "REASONING_END" -> opener.put("type", "REASONING_START");
            case "STEP_FINISHED" -> opener.put("type", "STEP_STARTED");
            case "SUBAGENT_FINISHED", "SUBAGENT_ERROR" ->
                opener.put("type", "SUBAGENT_STARTED").put("name", "unknown");
            default -> opener.put("type", type);
        }
        for (String field : List.of("messageId", "toolCallId", "stepName", "subagentRunId")) {
            JsonNode value = event.get(field);
            if (value != null) {
                opener.set(field, value);
            }
        }
        return opener;
    }
}
