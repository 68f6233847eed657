package dev.heddle.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.executor.MessageList.Entry;
import dev.heddle.executor.MessageList.ToolCall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a thread, folded from its events as {@code defaultApplyEvents} of {@code @ag-ui/client} 1.0.0 does,
 * which a test compares with the published package. An event that the client only warns of, one without its message for
 * instance, changes nothing here. Not thread-safe.
 */
final class ThreadMessages {

    private final MessageList messages = new MessageList();
    private final PatchBudget budget;

    ThreadMessages(PatchBudget budget) {
        this.budget = budget;
    }

    /** Folds the thread's next event, and returns the outcome if it is a patch. */
    PatchedDocument.Outcome accept(ObjectNode event) {
        switch (event.path("type").asText()) {
            case "TEXT_MESSAGE_START" -> open(event, event.path("role").asText("assistant"));
            case "REASONING_MESSAGE_START" -> open(event, "reasoning");
            case "TEXT_MESSAGE_CONTENT", "REASONING_MESSAGE_CONTENT" -> append(event);
            case "TEXT_MESSAGE_END", "REASONING_MESSAGE_END" -> {
                Entry message = messages.find(event.path("messageId").asText());
                if (message != null && !message.isActivity()) {
                    mergeMetadata(message.json(), event);
                }
            }
            case "TOOL_CALL_START" -> beginCall(event);
            case "TOOL_CALL_ARGS" -> {
                ToolCall call = call(event);
                if (call != null) {
                    call.append(event.path("delta").asText());
                    mergeMetadata(call.json(), event);
                }
            }
            case "TOOL_CALL_END" -> {
                ToolCall call = call(event);
                if (call != null) {
                    mergeMetadata(call.json(), event);
                }
            }
            case "TOOL_CALL_RESULT" -> result(event);
            case "REASONING_ENCRYPTED_VALUE" -> encryptedValue(event);
            case "MESSAGES_SNAPSHOT" -> snapshot(event);
            case "ACTIVITY_SNAPSHOT" -> activity(event);
            case "ACTIVITY_DELTA" -> {
                return patchActivity(event);
            }
            default -> {}
        }
        return PatchedDocument.Outcome.APPLIED;
    }

    /** Adds messages that came whole; those that are known stay as they are. */
    void told(JsonNode whole) {
        for (JsonNode message : whole) {
            if (message instanceof ObjectNode given && messages.find(idOf(given)) == null) {
                messages.add(given.deepCopy());
            }
        }
    }

    private void open(ObjectNode event, String role) {
        Entry message = messages.find(event.path("messageId").asText());
        if (message == null) {
            ObjectNode created = message(event.path("messageId").asText(), role).put("content", "");
            copy(event, created, role.equals("reasoning") ? List.of() : List.of("name"));
            message = messages.add(created);
        }
        if (!message.isActivity()) {
            mergeMetadata(message.json(), event);
        }
    }

    private void append(ObjectNode event) {
        Entry message = messages.find(event.path("messageId").asText());
        if (message != null && !message.isActivity()) {
            message.append(event.path("delta").asText());
            mergeMetadata(message.json(), event);
        }
    }

    private @Nullable ToolCall call(ObjectNode event) {
        return messages.call(event.path("toolCallId").asText());
    }

    private void beginCall(ObjectNode event) {
        String callId = event.path("toolCallId").asText();
        String name = event.path("toolCallName").asText();
        ToolCall known = messages.call(callId);
        if (known != null) {
            known.rename(name);
            mergeMetadata(known.json(), event);
            return;
        }
        String parentId = event.path("parentMessageId").asText();
        Entry parent = parentId.isEmpty() ? null : messages.find(parentId);
        if (parent == null || !parent.isAssistant()) {
            String id = parentId.isEmpty() || parent != null ? callId : parentId;
            boolean isNew = messages.find(id) == null;
            ObjectNode created = message(id, "assistant");
            if (isNew) {
                copy(event, created, List.of());
            }
            parent = messages.add(created);
        }
        ObjectNode call = parent.json().withArray("/toolCalls").addObject();
        call.put("id", callId).put("type", "function").putObject("function").put("name", name);
        call.withObject("/function").put("arguments", "");
        mergeMetadata(call, event);
        messages.index(callId, parent, call);
    }

    private void result(ObjectNode event) {
        ObjectNode result =
                message(event.path("messageId").asText(), event.path("role").asText("tool"));
        result.put("toolCallId", event.path("toolCallId").asText());
        result.set("content", event.path("content"));
        copy(event, result, List.of());
        mergeMetadata(result, event);
        messages.addResult(result, event.path("toolCallId").asText());
    }

    private void encryptedValue(ObjectNode event) {
        String entity = event.path("entityId").asText();
        if (event.path("subtype").asText().equals("tool-call")) {
            ToolCall call = messages.call(entity);
            if (call != null) {
                call.json().set("encryptedValue", event.path("encryptedValue"));
            }
            return;
        }
        Entry message = messages.find(entity);
        if (message != null && !message.isActivity()) {
            message.json().set("encryptedValue", event.path("encryptedValue"));
        }
    }

    /**
     * Replaces the messages that the snapshot has in their places, and removes the others, except reasoning if the
     * snapshot has none, and activities that it is not complete for.
     */
    private void snapshot(ObjectNode event) {
        Map<String, ObjectNode> told = new LinkedHashMap<>();
        List<ObjectNode> inOrder = new ArrayList<>();
        boolean hasReasoning = false;
        boolean hasActivity = false;
        for (JsonNode message : event.path("messages")) {
            if (message instanceof ObjectNode given) {
                told.put(idOf(given), given);
                inOrder.add(given);
                hasReasoning |= roleOf(given).equals("reasoning");
                hasActivity |= roleOf(given).equals("activity");
            }
        }
        boolean reasoning = hasReasoning;
        ActivityHistory history = ActivityHistory.of(event, hasActivity);
        List<ObjectNode> kept = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (ObjectNode before : messages.drain()) {
            boolean stays =
                    switch (roleOf(before)) {
                        case "reasoning" -> !reasoning;
                        case "activity" ->
                            !history.owns(before.path("activityType").asText());
                        default -> false;
                    };
            ObjectNode now = told.get(idOf(before));
            if (now != null || stays) {
                kept.add(now == null ? before : now);
                ids.add(idOf(before));
            }
        }
        inOrder.stream().filter(message -> !ids.contains(idOf(message))).forEach(kept::add);
        kept.forEach(messages::add);
    }

    private void activity(ObjectNode event) {
        String id = event.path("messageId").asText();
        Entry known = messages.find(id);
        boolean replaces = event.path("replace").asBoolean(true);
        if (known == null) {
            ObjectNode created = activity(event, id);
            mergeMetadata(created, event);
            messages.add(created);
        } else if (known.isActivity()) {
            if (replaces) {
                known.setContent(event.path("content"));
                ObjectNode json = known.json();
                json.put("activityType", event.path("activityType").asText()).remove("subagentRunId");
                copy(event, json, List.of());
            }
            mergeMetadata(known.json(), event);
        } else if (replaces) {
            ObjectNode created = activity(event, id);
            mergeMetadata(created, event);
            messages.replace(known, created);
        }
    }

    private static ObjectNode activity(ObjectNode event, String id) {
        ObjectNode activity = message(id, "activity")
                .put("activityType", event.path("activityType").asText());
        activity.set("content", event.path("content"));
        copy(event, activity, List.of());
        return activity;
    }

    private PatchedDocument.Outcome patchActivity(ObjectNode event) {
        Entry activity = messages.find(event.path("messageId").asText());
        if (activity == null || !activity.isActivity()) {
            return PatchedDocument.Outcome.APPLIED;
        }
        mergeMetadata(activity.json(), event);
        PatchedDocument.Outcome outcome = activity.patch(event.path("patch"), budget);
        if (outcome == PatchedDocument.Outcome.APPLIED) {
            activity.json().put("activityType", event.path("activityType").asText());
        }
        return outcome;
    }

    private static void copy(ObjectNode event, ObjectNode message, List<String> more) {
        if (event.hasNonNull("subagentRunId")) {
            message.set("subagentRunId", event.get("subagentRunId"));
        }
        more.stream().filter(event::hasNonNull).forEach(field -> message.set(field, event.get(field)));
    }

    /** Adds an event's metadata to that of its message or call; of two with the same key the later one counts. */
    private static void mergeMetadata(ObjectNode target, ObjectNode event) {
        if (event.path("metadata") instanceof ObjectNode more) {
            ObjectNode merged = JsonNodeFactory.instance.objectNode();
            if (target.path("metadata") instanceof ObjectNode before) {
                merged.setAll(before);
            }
            merged.setAll(more);
            target.set("metadata", merged);
        }
    }

    private static ObjectNode message(String id, String role) {
        return JsonNodeFactory.instance.objectNode().put("id", id).put("role", role);
    }

    private static String idOf(ObjectNode message) {
        return message.path("id").asText();
    }

    private static String roleOf(ObjectNode message) {
        return message.path("role").asText();
    }

    Set<String> ids() {
        return messages.ids();
    }

    ArrayNode toArray() {
        return messages.toArray();
    }
}
