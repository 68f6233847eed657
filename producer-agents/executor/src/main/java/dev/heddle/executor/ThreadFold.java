package dev.heddle.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.config.ByteSize;
import dev.heddle.event.EventItem;
import dev.heddle.event.Json;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The conversation in one AG-UI thread, folded event by event as an AG-UI client does: its messages, its state and its
 * open interrupts. Not thread-safe.
 *
 * <p>Any sequence of events can be folded: an event that does not fit is left out and counted.
 */
final class ThreadFold {

    private final PatchBudget budget;
    private final ThreadMessages messages;
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private final Map<String, Asked> open = new LinkedHashMap<>();
    private final Set<String> answered = new HashSet<>();
    private final Map<String, ObjectNode> inputs = new LinkedHashMap<>();
    private @Nullable PatchedDocument state;

    /** The reason why an event is not part of the fold, or only in part. */
    enum Fault {
        /** A STATE_DELTA or ACTIVITY_DELTA does not fit: a client leaves it out, too. */
        PATCH,
        /** A STATE_DELTA or ACTIVITY_DELTA makes the document larger than it may become. */
        SIZE,
        /** The event itself cannot be folded. */
        EVENT
    }

    /** @param stateBytes how large patches may make the state, or an activity */
    ThreadFold(ByteSize stateBytes) {
        this.budget = new PatchBudget(stateBytes.bytes());
        this.messages = new ThreadMessages(budget);
    }

    /**
     * An interrupt and the run that it ended.
     *
     * @param input of that run, without messages and state
     */
    record Asked(
            ObjectNode interrupt, String runId, @Nullable String agentId, ObjectNode input) {}

    /** Folds the thread's next event. Throws nothing, whatever the event is. */
    void accept(EventItem item) {
        String runId = item.runId();
        if (runId == null) {
            return;
        }
        try {
            fold(item, runId, Json.parseObject(item.eventJson()));
        } catch (RuntimeException | StackOverflowError e) {
            count(Fault.EVENT);
        }
    }

    private void fold(EventItem item, String runId, ObjectNode event) {
        switch (item.type()) {
            case "RUN_STARTED" -> begin(runId, event);
            case "RUN_FINISHED" -> {
                event.path("outcome").path("interrupts").forEach(interrupt -> ask(interrupt, item, runId));
                inputs.remove(runId);
            }
            case "RUN_ERROR" -> inputs.remove(runId);
            case "STATE_SNAPSHOT" -> state = new PatchedDocument(event.path("snapshot"), budget);
            case "STATE_DELTA" -> count(patch(event.path("delta")));
            default -> count(messages.accept(event));
        }
    }

    private void begin(String runId, ObjectNode event) {
        ObjectNode input =
                event.path("input") instanceof ObjectNode given ? given : JsonNodeFactory.instance.objectNode();
        messages.told(input.path("messages"));
        if (input.hasNonNull("state")) {
            state = new PatchedDocument(input.get("state"), budget);
        }
        inputs.put(runId, input.without(List.of("messages", "state")));
        for (JsonNode answer : input.path("resume")) {
            String id = answer.path("interruptId").asText();
            if (open.remove(id) != null) {
                answered.add(id);
            }
        }
    }

    private void ask(JsonNode interrupt, EventItem item, String runId) {
        if (interrupt instanceof ObjectNode asked) {
            String id = asked.path("id").asText();
            ObjectNode input = inputs.getOrDefault(runId, JsonNodeFactory.instance.objectNode());
            open.put(id, new Asked(asked, runId, item.agentId(), input));
            answered.remove(id);
        }
    }

    /**
     * Patches the state. A patch that does not fit leaves it as it was: the run may have begun before the log's
     * retained part.
     */
    private PatchedDocument.Outcome patch(JsonNode delta) {
        PatchedDocument document = state;
        if (document == null) {
            document = new PatchedDocument(JsonNodeFactory.instance.objectNode(), budget);
            state = document;
        }
        return document.apply(delta);
    }

    private void count(PatchedDocument.Outcome outcome) {
        switch (outcome) {
            case APPLIED -> {}
            case DOES_NOT_FIT -> count(Fault.PATCH);
            case TOO_LARGE -> count(Fault.SIZE);
        }
    }

    private void count(Fault fault) {
        faults.merge(fault, 1, Integer::sum);
    }

    /** The numbers of events that are not part of the fold, or only in part; empty if there are none. */
    Map<Fault, Integer> faults() {
        return Collections.unmodifiableMap(faults);
    }

    /** The ids of all messages and tool calls in the thread. */
    Set<String> messageIds() {
        return messages.ids();
    }

    /** The ids of the tool calls that have a result. */
    Set<String> answeredCalls() {
        Set<String> calls = new HashSet<>();
        for (JsonNode message : allMessages()) {
            if (message.path("role").asText().equals("tool")) {
                calls.add(message.path("toolCallId").asText());
            }
        }
        return calls;
    }

    /** The conversation as an agent gets it: without activities, which AG-UI's client does not send either. */
    ArrayNode messages() {
        ArrayNode conversation = allMessages();
        Iterator<JsonNode> each = conversation.iterator();
        while (each.hasNext()) {
            if (each.next().path("role").asText().equals("activity")) {
                each.remove();
            }
        }
        return conversation;
    }

    /** The messages as a client has them. */
    ArrayNode allMessages() {
        return messages.toArray();
    }

    @Nullable
    JsonNode state() {
        return state == null ? null : state.root();
    }

    /** The interrupts without an answer, by id; of two with the same id the newer one. */
    Map<String, Asked> open() {
        return open;
    }

    boolean isAnswered(String interruptId) {
        return answered.contains(interruptId);
    }
}
