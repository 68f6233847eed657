package dev.heddle.replay.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import dev.heddle.replay.runs.RunFacts;
import dev.heddle.replay.runs.RunList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The timeline of one run, made from its ITEMs in order: spans (steps, tool calls, messages, reasoning, subagents) and
 * marks (attempts, approvals, errors, states and other instants). Times are the events' own, corrected to never go
 * back. For one thread.
 */
public final class Timeline {
    private final RunList facts = new RunList();
    private final Map<String, Span> open = new LinkedHashMap<>();
    private final Map<String, Span> calls = new LinkedHashMap<>();
    private final List<Span> spans = new ArrayList<>();
    private final ArrayNode marks = Json.object().arrayNode();
    private final ArrayNode times = Json.object().arrayNode();
    private long now;
    private int attempt;

    /**
     * Takes the run's next ITEM.
     *
     * @param storedBytes how long its stored form is
     */
    public void take(ObjectNode item, long storedBytes) {
        facts.take(item, storedBytes);
        JsonNode event = item.path("event");
        now = Math.max(now, event.path("timestamp").asLong());
        times.add(now);
        if (item.path("attempt").asInt() > attempt) {
            attempt = item.path("attempt").asInt();
            mark("attempt", "attempt " + attempt, item);
        }
        String type = event.path("type").asText();
        switch (type) {
            case "STEP_STARTED" -> begin(item, "step", event.path("stepName").asText());
            case "STEP_FINISHED" -> end(item, "step", event.path("stepName").asText());
            case "SUBAGENT_STARTED" ->
                begin(item, "subagent", event.path("subagentRunId").asText()).name =
                        event.path("name").asText();
            case "SUBAGENT_FINISHED", "SUBAGENT_ERROR" ->
                end(item, "subagent", event.path("subagentRunId").asText());
            case "TEXT_MESSAGE_START" ->
                begin(item, "message", event.path("messageId").asText()).name =
                        event.path("role").asText("assistant");
            case "REASONING_MESSAGE_START" ->
                begin(item, "reasoning", event.path("messageId").asText()).name = "reasoning";
            case "TEXT_MESSAGE_CONTENT" -> go(item, "message");
            case "REASONING_MESSAGE_CONTENT" -> go(item, "reasoning");
            case "TEXT_MESSAGE_END" ->
                end(item, "message", event.path("messageId").asText());
            case "REASONING_MESSAGE_END" ->
                end(item, "reasoning", event.path("messageId").asText());
            case "TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_END", "TOOL_CALL_RESULT" -> toolCall(type, item);
            case "RUN_STARTED" -> input(item);
            case "RUN_FINISHED" -> finish(item);
            case "RUN_ERROR" -> mark("error", event.path("message").asText("error"), item);
            case "REASONING_START", "REASONING_END" -> {}
            default -> mark("other", type, item);
        }
    }

    private void toolCall(String type, ObjectNode item) {
        JsonNode event = item.path("event");
        String id = event.path("toolCallId").asText();
        if (type.equals("TOOL_CALL_START")) {
            Span span = begin(item, "tool", id);
            span.name = event.path("toolCallName").asText();
            calls.put(id, span);
            return;
        }
        Span span = calls.get(id);
        if (span == null) {
            mark("other", type, item);
            return;
        }
        span.reach(item, now);
        switch (type) {
            case "TOOL_CALL_ARGS" -> span.text.append(event.path("delta").asText());
            case "TOOL_CALL_END" -> {
                span.argumentsEnd = now;
                open.remove("tool " + id);
            }
            default -> span.result = text(event.path("content"));
        }
    }

    /** Marks the user's messages, and the answers to approvals. */
    private void input(ObjectNode item) {
        JsonNode input = item.path("event").path("input");
        for (JsonNode message : input.path("messages")) {
            if (message.path("role").asText().equals("user")) {
                mark("said", text(message.path("content")), item);
            }
        }
        for (JsonNode answer : input.path("resume")) {
            mark(
                    "approval",
                    "answer to " + answer.path("interruptId").asText() + ": "
                            + answer.path("status").asText(),
                    item);
        }
    }

    private void finish(ObjectNode item) {
        JsonNode outcome = item.path("event").path("outcome");
        for (JsonNode interrupt : outcome.path("interrupts")) {
            mark(
                    "approval",
                    "waits for " + interrupt.path("reason").asText("an answer") + ": "
                            + interrupt
                                    .path("message")
                                    .asText(interrupt.path("id").asText()),
                    item);
        }
        mark("end", outcome.path("type").asText("success"), item);
    }

    private static String text(JsonNode value) {
        return value.isTextual() ? value.textValue() : value.isMissingNode() ? "" : Json.text(value);
    }

    private Span begin(ObjectNode item, String kind, String id) {
        Span span = new Span(kind, id, now, item);
        open.put(kind + " " + id, span);
        spans.add(span);
        return span;
    }

    private void go(ObjectNode item, String kind) {
        JsonNode event = item.path("event");
        Span span = open.get(kind + " " + event.path("messageId").asText());
        if (span != null) {
            span.text.append(event.path("delta").asText());
            span.reach(item, now);
        }
    }

    private void end(ObjectNode item, String kind, String id) {
        Span span = open.remove(kind + " " + id);
        if (span != null) {
            span.reach(item, now);
        }
    }

    private void mark(String kind, String name, ObjectNode item) {
        marks.addObject()
                .put("kind", kind)
                .put("at", now)
                .put("name", name)
                .put("seq", item.path("runSeq").asLong())
                .put("text", Json.text(item.path("event")));
    }

    /** The run's facts; null if there was no event. */
    public @Nullable RunFacts facts() {
        return facts.runs().isEmpty() ? null : facts.runs().get(0);
    }

    /** The timeline as JSON, for its page. */
    ObjectNode json(String user) {
        RunFacts run = facts();
        if (run == null) {
            throw new IllegalStateException("no event");
        }
        open.values().forEach(span -> span.isOpen = true);
        ObjectNode json = Json.object();
        json.set("run", run.json().put("user", user));
        json.set("times", times);
        json.set("marks", marks);
        ArrayNode list = json.putArray("spans");
        spans.forEach(span -> list.add(span.json(now)));
        return json;
    }

    /** A part of the run with a beginning and an end. */
    private static final class Span {
        private final String kind;
        private final String id;
        private final long from;
        private final long seqFrom;
        private final StringBuilder text = new StringBuilder();
        private final int attempt;
        private String name;
        private long to;
        private long seqTo;
        private long argumentsEnd = -1;
        private @Nullable String result;
        private boolean isOpen;

        Span(String kind, String id, long from, ObjectNode item) {
            this.kind = kind;
            this.id = id;
            this.name = id;
            this.from = from;
            this.to = from;
            this.attempt = item.path("attempt").asInt();
            this.seqFrom = item.path("runSeq").asLong();
            this.seqTo = seqFrom;
        }

        void reach(ObjectNode item, long at) {
            to = Math.max(to, at);
            seqTo = item.path("runSeq").asLong();
        }

        ObjectNode json(long end) {
            ObjectNode json = Json.object()
                    .put("kind", kind)
                    .put("id", id)
                    .put("name", name)
                    .put("from", from)
                    .put("to", isOpen ? end : to)
                    .put("seqFrom", seqFrom)
                    .put("seqTo", seqTo)
                    .put("attempt", attempt)
                    .put("open", isOpen)
                    .put("text", text.toString());
            if (argumentsEnd >= 0) {
                json.put("argumentsEnd", argumentsEnd);
            }
            if (result != null) {
                json.put("result", result);
            }
            return json;
        }
    }
}
