package dev.heddle.agents.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.flipkart.zjsonpatch.JsonPatch;
import com.flipkart.zjsonpatch.JsonPatchApplicationException;
import dev.heddle.event.EventItem;
import dev.heddle.event.Json;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the log says of one thread, folded event by event as an AG-UI client does: its messages, its state, and which
 * interrupts are open. For one thread of execution.
 */
final class ThreadFold {

    private final ThreadMessages messages = new ThreadMessages();
    private final Map<String, Asked> open = new LinkedHashMap<>();
    private final Set<String> answered = new HashSet<>();
    private final Map<String, ObjectNode> inputs = new LinkedHashMap<>();
    private @Nullable JsonNode state;

    /**
     * An interrupt and the run that it ended.
     *
     * @param input of that run
     */
    record Asked(
            ObjectNode interrupt, String runId, @Nullable String agentId, ObjectNode input) {}

    /** Takes the thread's next event. */
    void accept(EventItem item) {
        String runId = item.runId();
        if (runId == null) {
            return;
        }
        ObjectNode event = Json.parseObject(item.eventJson());
        switch (item.type()) {
            case "RUN_STARTED" -> begin(runId, event);
            case "RUN_FINISHED" -> {
                event.path("outcome").path("interrupts").forEach(interrupt -> ask(interrupt, item, runId));
                inputs.remove(runId);
            }
            case "RUN_ERROR" -> inputs.remove(runId);
            case "STATE_SNAPSHOT" -> state = event.path("snapshot");
            case "STATE_DELTA" -> patch(event.path("delta"));
            default -> messages.accept(event);
        }
    }

    private void begin(String runId, ObjectNode event) {
        ObjectNode input =
                event.path("input") instanceof ObjectNode given ? given : JsonNodeFactory.instance.objectNode();
        inputs.put(runId, input);
        messages.told(input.path("messages"));
        if (input.hasNonNull("state")) {
            state = input.get("state");
        }
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

    /** A patch that does not fit leaves the state as it was: its run may have begun before what is kept of the log. */
    private void patch(JsonNode delta) {
        JsonNode before = state == null ? JsonNodeFactory.instance.objectNode() : state;
        try {
            state = JsonPatch.apply(delta, before);
        } catch (JsonPatchApplicationException e) {
            state = before;
        }
    }

    /** The ids of all messages and tool calls in the thread. */
    Set<String> messageIds() {
        return messages.ids();
    }

    /** The conversation as an agent gets it. */
    ArrayNode messages() {
        return messages.toArray();
    }

    @Nullable
    JsonNode state() {
        return state;
    }

    /** Interrupts that nobody has answered, by id; of two with the same id the newer one. */
    Map<String, Asked> open() {
        return open;
    }

    boolean isAnswered(String interruptId) {
        return answered.contains(interruptId);
    }
}
