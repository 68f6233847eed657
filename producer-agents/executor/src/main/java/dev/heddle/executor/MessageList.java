package dev.heddle.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A list of messages in their order, with an index by message id and one by tool call id. Of several messages with the
 * same id the first is found. Each step takes the same time, however many there are: a linked list, since results go
 * behind the call that they answer.
 */
final class MessageList {

    private static final int MOST_LOOKED_AT = 1_000;

    private final Map<String, Entry> byId = new HashMap<>();
    private final Map<String, ToolCall> calls = new HashMap<>();
    private @Nullable Entry first;
    private @Nullable Entry last;
    /** The number of replaced messages: a replaced tool message makes each {@link Entry#lastResult} doubtful. */
    private int replacements;

    /** A message and its place in the list. */
    static final class Entry {
        private ObjectNode json;
        private @Nullable StringBuilder text;
        private @Nullable PatchedDocument activity;
        private @Nullable Entry next;
        /** The last of the tool messages that follow this one without a gap, as far as is known; null if unknown. */
        private @Nullable Entry lastResult;

        private int lastResultOf;

        private Entry(ObjectNode json) {
            this.json = json;
        }

        ObjectNode json() {
            return json;
        }

        boolean isActivity() {
            return hasRole("activity");
        }

        boolean isAssistant() {
            return hasRole("assistant");
        }

        private boolean hasRole(String role) {
            return json.path("role").asText().equals(role);
        }

        /** Appends to the message's text; a content of parts gives way to it. */
        void append(String delta) {
            StringBuilder open = text;
            if (open == null) {
                JsonNode content = json.path("content");
                open = new StringBuilder(content.isTextual() ? content.textValue() : "");
                text = open;
            }
            open.append(delta);
        }

        PatchedDocument.Outcome patch(JsonNode operations, PatchBudget budget) {
            PatchedDocument content = activity;
            if (content == null) {
                JsonNode before = json.path("content");
                boolean isNothing = before.isMissingNode() || before.isNull();
                content = new PatchedDocument(
                        isNothing ? JsonNodeFactory.instance.objectNode() : before.deepCopy(), budget);
                activity = content;
            }
            PatchedDocument.Outcome outcome = content.apply(operations);
            if (outcome == PatchedDocument.Outcome.APPLIED) {
                detach();
                json.set("content", content.root());
            }
            return outcome;
        }

        /** Replaces the content as a whole. */
        void setContent(JsonNode content) {
            activity = null;
            detach();
            json.set("content", content);
        }

        /**
         * Gives this entry a JSON object of its own: two entries of a snapshot may share one until one of them changes.
         */
        private void detach() {
            ObjectNode own = JsonNodeFactory.instance.objectNode();
            own.setAll(json);
            json = own;
        }

        private void write() {
            if (text != null) {
                json.put("content", text.toString());
                text = null;
            }
        }
    }

    /** A tool call of an assistant's message while its arguments arrive. */
    static final class ToolCall {

        private final Entry owner;
        private final ObjectNode json;
        private @Nullable StringBuilder arguments;

        ToolCall(Entry owner, ObjectNode json) {
            this.owner = owner;
            this.json = json;
        }

        /** The message that carries the call. */
        Entry owner() {
            return owner;
        }

        ObjectNode json() {
            return json;
        }

        void append(String delta) {
            StringBuilder text = arguments;
            if (text == null) {
                text = new StringBuilder(json.path("function").path("arguments").asText());
                arguments = text;
            }
            text.append(delta);
        }

        void rename(String name) {
            json.withObject("/function").put("name", name);
        }

        /** Puts the arguments so far into the message. */
        void write() {
            if (arguments != null) {
                json.withObject("/function").put("arguments", arguments.toString());
            }
        }
    }

    @Nullable
    Entry find(String id) {
        return byId.get(id);
    }

    @Nullable
    ToolCall call(String id) {
        return calls.get(id);
    }

    /** Adds a message at the end. It belongs to the list from now on. */
    Entry add(ObjectNode message) {
        Entry entry = new Entry(message);
        if (last == null) {
            first = entry;
        } else {
            last.next = entry;
        }
        last = entry;
        byId.putIfAbsent(message.path("id").asText(), entry);
        if (entry.isAssistant()) {
            for (JsonNode call : message.path("toolCalls")) {
                if (call instanceof ObjectNode whole) {
                    index(whole.path("id").asText(), entry, whole);
                }
            }
        }
        return entry;
    }

    void index(String callId, Entry owner, ObjectNode call) {
        calls.putIfAbsent(callId, new ToolCall(owner, call));
    }

    /**
     * Adds the result of a call behind those that the call's message has already; at the end if there is no such call.
     */
    void addResult(ObjectNode result, String callId) {
        ToolCall call = calls.get(callId);
        if (call == null || !call.owner().isAssistant()) {
            add(result);
            return;
        }
        Entry owner = call.owner();
        Entry before = owner.lastResult != null && owner.lastResultOf == replacements ? owner.lastResult : owner;
        while (before.next != null && before.next.hasRole("tool")) {
            before = before.next;
        }
        Entry entry = before;
        if (before == last) {
            entry = add(result);
        } else {
            entry = new Entry(result);
            entry.next = before.next;
            before.next = entry;
            // A known entry with the same id stays the first if it is further ahead, not if it is behind.
            byId.merge(result.path("id").asText(), entry, (known, added) -> isBehind(known, added) ? added : known);
        }
        owner.lastResult = entry;
        owner.lastResultOf = replacements;
    }

    /**
     * True if the known entry follows the added one closely; the look is bounded, so that many messages with one id
     * cost no more than others.
     */
    private static boolean isBehind(Entry known, Entry added) {
        int looked = 0;
        for (Entry entry = added.next; entry != null && looked < MOST_LOOKED_AT; entry = entry.next) {
            if (entry == known) {
                return true;
            }
            looked++;
        }
        return false;
    }

    /** Puts another message in the place of one. */
    void replace(Entry entry, ObjectNode message) {
        entry.write();
        JsonNode gone = entry.json.path("toolCalls");
        entry.json = message;
        replacements++;
        for (JsonNode call : gone) {
            String id = call.path("id").asText();
            ToolCall fold = calls.get(id);
            if (fold != null && fold.owner().equals(entry)) {
                fold.write();
                calls.remove(id);
                indexBehind(entry, id);
            }
        }
    }

    /**
     * Indexes the call at a later message: a snapshot may hold one message twice, and then the second has the call as
     * well.
     */
    private void indexBehind(Entry gone, String callId) {
        int looked = 0;
        for (Entry entry = gone.next; entry != null && looked < MOST_LOOKED_AT; entry = entry.next) {
            if (entry.isAssistant()) {
                for (JsonNode call : entry.json.path("toolCalls")) {
                    if (call instanceof ObjectNode whole
                            && call.path("id").asText().equals(callId)) {
                        index(callId, entry, whole);
                        return;
                    }
                }
            }
            looked++;
        }
    }

    /** Takes all messages out, in their order. */
    List<ObjectNode> drain() {
        write();
        List<ObjectNode> all = new ArrayList<>();
        for (Entry entry = first; entry != null; entry = entry.next) {
            all.add(entry.json);
        }
        first = null;
        last = null;
        byId.clear();
        calls.clear();
        return all;
    }

    private void write() {
        for (Entry entry = first; entry != null; entry = entry.next) {
            entry.write();
        }
        calls.values().forEach(ToolCall::write);
    }

    Set<String> ids() {
        Set<String> ids = new HashSet<>(byId.keySet());
        ids.addAll(calls.keySet());
        return ids;
    }

    ArrayNode toArray() {
        write();
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (Entry entry = first; entry != null; entry = entry.next) {
            all.add(entry.json.deepCopy());
        }
        return all;
    }
}
