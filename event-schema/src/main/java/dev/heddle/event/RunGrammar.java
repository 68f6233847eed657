package dev.heddle.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The checker of the order that AG-UI 1.0 demands of one run's events, as {@code verifyEvents} of the published {@code
 * @ag-ui/client} 1.0.0 enforces it: no client refuses an event that this accepts. For one thread; holds the ids that
 * the run has used.
 *
 * <p>It is stricter than the client in two ways: no event may come after the run's end, and the chunk types must have
 * been expanded. A refused event changes nothing.
 */
public final class RunGrammar {
    private boolean begun;
    private boolean over;
    /** The open items, in the order in which they were opened. */
    private final Set<Open> open = new LinkedHashSet<>();
    /** The owners of messages, calls and the like; kept when these are closed, since they can be opened again. */
    private final Map<Thing, Owner> owners = new HashMap<>();

    private final Set<String> finishedSubagents = new HashSet<>();
    private final Set<String> answeredCalls = new HashSet<>();

    /** The kinds of items that have an owner. */
    private enum Kind {
        MESSAGE,
        TOOL_CALL,
        ACTIVITY,
        REASONING
    }

    /** The kinds of items that have a beginning and an end. */
    private enum Span {
        MESSAGE("TEXT_MESSAGE_END", "messageId", Kind.MESSAGE),
        TOOL_CALL("TOOL_CALL_END", "toolCallId", Kind.TOOL_CALL),
        STEP("STEP_FINISHED", "stepName", null),
        REASONING("REASONING_END", "messageId", Kind.REASONING),
        REASONING_MESSAGE("REASONING_MESSAGE_END", "messageId", Kind.REASONING),
        SUBAGENT("SUBAGENT_ERROR", "subagentRunId", null);

        final String end;
        final String idField;
        final @Nullable Kind owned;

        Span(String end, String idField, @Nullable Kind owned) {
            this.end = end;
            this.idField = idField;
            this.owned = owned;
        }
    }

    /** @param scope the subagent whose step this is; null for all else, whose ids are the run's */
    private record Open(Span span, String id, @Nullable String scope) {}

    private record Thing(Kind kind, String id) {}

    /** @param subagent null for the run's own agent */
    private record Owner(@Nullable String subagent) {
        @Override
        public String toString() {
            return subagent == null ? "the parent agent" : "subagent " + subagent;
        }
    }

    /** True once the first event was accepted. */
    public boolean hasBegun() {
        return begun;
    }

    /** True once the last event was accepted. */
    public boolean isOver() {
        return over;
    }

    /**
     * The stream of a text, whose events may come while it is open. Such an event does not change the grammar, so a
     * maker of many can check the stream instead of calling {@link #accept} for each.
     *
     * @throws IllegalArgumentException if the type is of no such event
     */
    public OpenStream stream(String type, String id) {
        Span span =
                switch (type) {
                    case "TEXT_MESSAGE_CONTENT" -> Span.MESSAGE;
                    case "TOOL_CALL_ARGS" -> Span.TOOL_CALL;
                    case "REASONING_MESSAGE_CONTENT" -> Span.REASONING_MESSAGE;
                    default -> throw new IllegalArgumentException(type + " is no part of a text");
                };
        return new OpenStream(new Open(span, id, null));
    }

    /** One stream of text, open or not. */
    public final class OpenStream {
        private final Open what;

        private OpenStream(Open what) {
            this.what = what;
        }

        /** True if the stream's next event may come now, provided that it names no subagent. */
        public boolean isOpen() {
            return begun && !over && open.contains(what);
        }
    }

    /** The ids of all messages, calls and activities of the run so far, its input's included. */
    public Set<String> messageIds() {
        Set<String> ids = new HashSet<>();
        owners.keySet().forEach(thing -> ids.add(thing.id));
        return ids;
    }

    /** The ids of the tool calls that have a result, in the run or in its input. */
    public Set<String> answeredCalls() {
        return Set.copyOf(answeredCalls);
    }

    /**
     * Takes the run's next event.
     *
     * @throws InvalidEventException if it may not come here
     */
    public void accept(ObjectNode event) {
        String type = needed(event, "type");
        if (over) {
            throw new InvalidEventException(type + " after the end of the run");
        }
        if (!begun && !type.equals("RUN_STARTED") && !type.equals("RUN_ERROR")) {
            throw new InvalidEventException("the first event must be RUN_STARTED, not " + type);
        }
        if (AgUiEvents.CHUNK_TYPES.contains(type)) {
            throw new InvalidEventException(type + " must be expanded before it is stored");
        }
        switch (type) {
            case "RUN_STARTED" -> start(event);
            case "RUN_FINISHED" -> finish();
            case "RUN_ERROR" -> {
                open.clear();
                begun = true;
                over = true;
            }
            default -> acceptPart(type, event);
        }
    }

    private void acceptPart(String type, ObjectNode event) {
        switch (type) {
            case "TEXT_MESSAGE_START" -> begin(event, Span.MESSAGE, Kind.MESSAGE);
            case "TEXT_MESSAGE_CONTENT" -> within(event, Span.MESSAGE, Kind.MESSAGE);
            case "TEXT_MESSAGE_END" -> open.remove(within(event, Span.MESSAGE, Kind.MESSAGE));
            case "TOOL_CALL_START" -> beginToolCall(event);
            case "TOOL_CALL_ARGS" -> within(event, Span.TOOL_CALL, Kind.TOOL_CALL);
            case "TOOL_CALL_END" -> open.remove(within(event, Span.TOOL_CALL, Kind.TOOL_CALL));
            case "TOOL_CALL_RESULT" -> {
                owners.put(new Thing(Kind.MESSAGE, needed(event, "messageId")), owner(event));
                answeredCalls.add(event.path("toolCallId").asText());
            }
            case "REASONING_START" -> begin(event, Span.REASONING, Kind.REASONING);
            case "REASONING_END" -> open.remove(within(event, Span.REASONING, Kind.REASONING));
            case "REASONING_MESSAGE_START" -> begin(event, Span.REASONING_MESSAGE, Kind.REASONING);
            case "REASONING_MESSAGE_CONTENT" -> within(event, Span.REASONING_MESSAGE, Kind.REASONING);
            case "REASONING_MESSAGE_END" -> open.remove(within(event, Span.REASONING_MESSAGE, Kind.REASONING));
            case "REASONING_ENCRYPTED_VALUE" -> encryptedValue(event);
            case "STEP_STARTED" -> beginStep(event);
            case "STEP_FINISHED" -> endStep(event);
            case "SUBAGENT_STARTED" -> beginSubagent(event);
            case "SUBAGENT_FINISHED", "SUBAGENT_ERROR" -> endSubagent(type, event);
            case "ACTIVITY_SNAPSHOT" -> activity(event);
            case "ACTIVITY_DELTA" -> agree(event, new Thing(Kind.ACTIVITY, needed(event, "messageId")));
            case "MESSAGES_SNAPSHOT" -> event.path("messages").forEach(message -> own(message, owners::put));
            default -> {}
        }
    }

    /**
     * The events that close all open items, the last opened first, so that a cancelled run can be finished. They have
     * no timestamp yet. A subagent is closed by SUBAGENT_ERROR, because a stop is no success.
     */
    public List<ObjectNode> closing() {
        List<ObjectNode> events = new ArrayList<>(open.size());
        for (Open what : open) {
            ObjectNode event = Json.object().put("type", what.span.end).put(what.span.idField, what.id);
            if (what.span == Span.SUBAGENT) {
                event.put("message", "cancelled").put("code", "cancelled");
            }
            String subagent = subagentOf(what);
            if (subagent != null) {
                event.put("subagentRunId", subagent);
            }
            events.add(0, event);
        }
        return events;
    }

    /** The subagent that the item's end must name: its present owner, which may differ from the one that opened it. */
    private @Nullable String subagentOf(Open what) {
        Owner owner = what.span.owned == null ? null : owners.get(new Thing(what.span.owned, what.id));
        return owner == null ? what.scope : owner.subagent;
    }

    private void start(ObjectNode event) {
        if (begun) {
            throw new InvalidEventException("RUN_STARTED while the run is under way");
        }
        begun = true;
        for (JsonNode message : event.path("input").path("messages")) {
            own(message, owners::putIfAbsent);
            if (message.path("role").asText().equals("tool")) {
                answeredCalls.add(message.path("toolCallId").asText());
            }
        }
    }

    private void finish() {
        if (!open.isEmpty()) {
            Open first = open.iterator().next();
            throw new InvalidEventException(
                    "RUN_FINISHED while " + first.span + " " + first.id + " is open, " + open.size() + " in all");
        }
        over = true;
    }

    private void begin(ObjectNode event, Span span, Kind kind) {
        String id = needed(event, span.idField);
        refuseOpen(span, id, null);
        Thing thing = new Thing(kind, id);
        agree(event, thing);
        owners.putIfAbsent(thing, owner(event));
        open.add(new Open(span, id, null));
    }

    /** Opens a tool call, which belongs to the message that carries it. */
    private void beginToolCall(ObjectNode event) {
        String id = needed(event, "toolCallId");
        refuseOpen(Span.TOOL_CALL, id, null);
        Owner named = event.has("subagentRunId") ? owner(event) : null;
        JsonNode parentId = event.get("parentMessageId");
        Owner parent = parentId == null ? null : owners.get(new Thing(Kind.MESSAGE, parentId.asText()));
        if (named != null && parent != null && !named.equals(parent)) {
            throw new InvalidEventException("TOOL_CALL_START of " + named + " for a message of " + parent);
        }
        Thing call = new Thing(Kind.TOOL_CALL, id);
        agree(event, call);
        Owner before = owners.get(call);
        if (before != null && named == null && parent != null && !parent.equals(before)) {
            throw new InvalidEventException("TOOL_CALL_START of a call of " + before + " for a message of " + parent);
        }
        Owner owner = named != null ? named : parent != null ? parent : new Owner(null);
        owners.putIfAbsent(call, owner);
        open.add(new Open(Span.TOOL_CALL, id, null));
    }

    private void beginStep(ObjectNode event) {
        String name = needed(event, "stepName");
        Owner owner = owner(event);
        refuseOpen(Span.STEP, name, owner.subagent);
        open.add(new Open(Span.STEP, name, owner.subagent));
    }

    private void endStep(ObjectNode event) {
        String name = needed(event, "stepName");
        Owner owner = owner(event);
        if (!open.remove(new Open(Span.STEP, name, owner.subagent))) {
            throw new InvalidEventException("STEP_FINISHED: " + owner + " has no open step " + name);
        }
    }

    private void beginSubagent(ObjectNode event) {
        String id = needed(event, "subagentRunId");
        refuseOpen(Span.SUBAGENT, id, null);
        if (finishedSubagents.contains(id)) {
            throw new InvalidEventException("SUBAGENT_STARTED: " + id + " has finished; its id is for one use");
        }
        JsonNode parent = event.get("parentSubagentRunId");
        if (parent != null
                && !open.contains(new Open(Span.SUBAGENT, parent.asText(), null))
                && !finishedSubagents.contains(parent.asText())) {
            throw new InvalidEventException("SUBAGENT_STARTED: its parent " + parent.asText() + " was not started");
        }
        open.add(new Open(Span.SUBAGENT, id, null));
    }

    private void endSubagent(String type, ObjectNode event) {
        String id = needed(event, "subagentRunId");
        if (!open.remove(new Open(Span.SUBAGENT, id, null))) {
            throw new InvalidEventException(type + ": no open subagent " + id);
        }
        finishedSubagents.add(id);
    }

    private void encryptedValue(ObjectNode event) {
        String id = needed(event, "entityId");
        String subtype = needed(event, "subtype");
        if (subtype.equals("tool-call")) {
            agree(event, new Thing(Kind.TOOL_CALL, id));
            return;
        }
        Thing message = new Thing(Kind.MESSAGE, id);
        boolean isMessage = subtype.equals("message") && owners.containsKey(message);
        agree(event, isMessage ? message : new Thing(Kind.REASONING, id));
    }

    private void activity(ObjectNode event) {
        Thing thing = new Thing(Kind.ACTIVITY, needed(event, "messageId"));
        JsonNode replace = event.get("replace");
        if (!owners.containsKey(thing) || replace == null || !replace.isBoolean() || replace.booleanValue()) {
            owners.put(thing, owner(event));
        }
    }

    /** Notes the owner of a complete message, and of its tool calls. */
    private static void own(JsonNode message, OwnerSink sink) {
        if (!message.path("id").isTextual()) {
            return;
        }
        Kind kind =
                switch (message.path("role").asText()) {
                    case "reasoning" -> Kind.REASONING;
                    case "activity" -> Kind.ACTIVITY;
                    default -> Kind.MESSAGE;
                };
        Owner owner = owner(message);
        sink.put(new Thing(kind, message.get("id").textValue()), owner);
        for (JsonNode call : message.path("toolCalls")) {
            if (call.path("id").isTextual()) {
                sink.put(new Thing(Kind.TOOL_CALL, call.get("id").textValue()), owner);
            }
        }
    }

    @FunctionalInterface
    private interface OwnerSink {
        @Nullable
        Owner put(Thing thing, Owner owner);
    }

    /** The open item that this event continues, after a check that it is open and of its owner. */
    private Open within(ObjectNode event, Span span, Kind kind) {
        String id = needed(event, span.idField);
        Open what = new Open(span, id, null);
        if (!open.contains(what)) {
            throw new InvalidEventException(event.get("type").asText() + ": no open " + span + " " + id);
        }
        agree(event, new Thing(kind, id));
        return what;
    }

    private void refuseOpen(Span span, String id, @Nullable String scope) {
        if (open.contains(new Open(span, id, scope))) {
            throw new InvalidEventException(span + " " + id + " is open already");
        }
    }

    /** Checks that an event that names a subagent names the item's owner. */
    private void agree(ObjectNode event, Thing thing) {
        if (!event.has("subagentRunId")) {
            return;
        }
        Owner named = owner(event);
        Owner owner = owners.get(thing);
        if (owner != null && !owner.equals(named)) {
            throw new InvalidEventException(event.get("type").asText() + " of " + named + " for " + thing.kind + " "
                    + thing.id + " of " + owner);
        }
    }

    private static Owner owner(JsonNode event) {
        JsonNode subagent = event.get("subagentRunId");
        if (subagent == null) {
            return new Owner(null);
        }
        if (!subagent.isTextual()) {
            throw new InvalidEventException("subagentRunId must be a string");
        }
        return new Owner(subagent.textValue());
    }

    private static String needed(ObjectNode event, String field) {
        JsonNode value = event.get(field);
        if (value == null || !value.isTextual()) {
            throw new InvalidEventException(event.path("type").asText("event") + "." + field + " must be a string");
        }
        return value.textValue();
    }
}
