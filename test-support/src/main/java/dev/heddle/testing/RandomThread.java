package dev.heddle.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.AgUiEvents;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.RunGrammar;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A few legal runs of one thread, made up from a seed: few ids, so that they meet in every way that AG-UI allows. */
public final class RandomThread {

    private static final String[] MESSAGES = {"m0", "m1", "m2", "m3"};
    private static final String[] CALLS = {"c0", "c1", "c2"};
    private static final String[] SUBAGENTS = {"s0", "s1"};
    private static final String[] FIELDS = {"a", "b", "l", "l/0", "l/1", "l/-", "a/b", "l/0/a", "x~1y", "l/9", "l/z", ""
    };
    private static final String[] ROLES = {"developer", "system", "assistant", "user"};

    private final Random random;
    private RunGrammar grammar = new RunGrammar();

    /** The thread of this seed. */
    public RandomThread(long seed) {
        this.random = new Random(seed);
    }

    /** The events of each run, the same ones only at the first call. */
    public List<List<ObjectNode>> runs() {
        List<List<ObjectNode>> runs = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            runs.add(run("r" + i));
        }
        return runs;
    }

    private List<ObjectNode> run(String runId) {
        grammar = new RunGrammar();
        List<ObjectNode> events = new ArrayList<>();
        ObjectNode started = event("RUN_STARTED").put("threadId", "t").put("runId", runId);
        if (random.nextBoolean()) {
            ObjectNode input = started.putObject("input").put("threadId", "t").put("runId", runId);
            input.set("messages", messages());
        }
        grammar.accept(started);
        events.add(started);
        int tries = random.nextInt(120);
        for (int i = 0; i < tries; i++) {
            ObjectNode event = any();
            if (isLegal(event)) {
                events.add(event);
            }
        }
        for (ObjectNode closing : grammar.closing()) {
            grammar.accept(closing);
            events.add(closing.put("timestamp", 1));
        }
        events.add(event("RUN_FINISHED").put("threadId", "t").put("runId", runId));
        return events;
    }

    private boolean isLegal(ObjectNode event) {
        try {
            AgUiEvents.validate(event);
            grammar.accept(event);
            return true;
        } catch (InvalidEventException e) {
            return false;
        }
    }

    private ObjectNode any() {
        ObjectNode event =
                switch (random.nextInt(22)) {
                    case 0, 1 -> textStart();
                    case 2, 3, 4 ->
                        event("TEXT_MESSAGE_CONTENT")
                                .put("messageId", message())
                                .put("delta", word());
                    case 5 -> event("TEXT_MESSAGE_END").put("messageId", message());
                    case 6 -> callStart();
                    case 7, 8 ->
                        event("TOOL_CALL_ARGS").put("toolCallId", call()).put("delta", word());
                    case 9 -> event("TOOL_CALL_END").put("toolCallId", call());
                    case 10, 11 -> result();
                    case 12 ->
                        event("REASONING_MESSAGE_START")
                                .put("messageId", message())
                                .put("role", "reasoning");
                    case 13 ->
                        event("REASONING_MESSAGE_CONTENT")
                                .put("messageId", message())
                                .put("delta", word());
                    case 14 -> event("REASONING_MESSAGE_END").put("messageId", message());
                    case 15 -> snapshot();
                    case 16 -> activity();
                    case 17 -> activityDelta();
                    case 18 -> encrypted();
                    case 19 -> delta();
                    case 20 -> stateSnapshot();
                    default -> subagent();
                };
        if (random.nextInt(4) == 0) {
            event.putObject("metadata").put(one("k", "l"), random.nextInt(3));
        }
        if (!event.has("subagentRunId")
                && !event.path("type").asText().equals("MESSAGES_SNAPSHOT")
                && random.nextInt(6) == 0) {
            event.put("subagentRunId", one(SUBAGENTS));
        }
        return event;
    }

    private ObjectNode textStart() {
        ObjectNode event = event("TEXT_MESSAGE_START").put("messageId", message());
        if (random.nextBoolean()) {
            event.put("role", one(ROLES));
        }
        if (random.nextInt(3) == 0) {
            event.put("name", word());
        }
        return event;
    }

    private ObjectNode callStart() {
        ObjectNode event = event("TOOL_CALL_START").put("toolCallId", call()).put("toolCallName", one("add", "sub"));
        if (random.nextBoolean()) {
            event.put("parentMessageId", message());
        }
        return event;
    }

    private ObjectNode result() {
        ObjectNode event = event("TOOL_CALL_RESULT")
                .put("messageId", random.nextInt(3) == 0 ? message() : "t" + random.nextInt(20))
                .put("toolCallId", call());
        if (random.nextBoolean()) {
            event.put("role", "tool");
        }
        event.set("content", content());
        return event;
    }

    private JsonNode content() {
        if (random.nextInt(4) > 0) {
            return Json.mapper().valueToTree(word());
        }
        ArrayNode parts = Json.mapper().createArrayNode();
        parts.addObject().put("type", "text").put("text", word());
        return parts;
    }

    private ObjectNode snapshot() {
        ObjectNode event = event("MESSAGES_SNAPSHOT");
        event.set("messages", messages());
        if (random.nextInt(6) == 0) {
            ObjectNode declared = event.putObject("metadata").putObject("@ag-ui/client");
            switch (random.nextInt(4)) {
                case 0 -> declared.putNull("authoritativeActivityTypes");
                case 1 -> declared.putArray("authoritativeActivityTypes").add("plan");
                case 2 -> declared.put("authoritativeActivityTypes", 1);
                default -> declared.put("another", true);
            }
        }
        return event;
    }

    private ArrayNode messages() {
        ArrayNode messages = Json.mapper().createArrayNode();
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            ObjectNode message = messages.addObject().put("id", message());
            switch (random.nextInt(6)) {
                case 0 -> message.put("role", "user").set("content", content());
                case 1 -> message.put("role", one("system", "developer")).put("content", word());
                case 2 -> message.put("role", "tool").put("toolCallId", call()).set("content", content());
                case 3 -> message.put("role", "reasoning").put("content", word());
                case 4 -> {
                    message.put("role", "activity").put("activityType", one("plan", "search"));
                    message.set("content", document());
                }
                default -> assistant(message);
            }
            if (random.nextInt(4) == 0) {
                message.putObject("metadata").put(one("k", "l"), random.nextInt(3));
            }
        }
        return messages;
    }

    private void assistant(ObjectNode message) {
        message.put("role", "assistant");
        if (random.nextBoolean()) {
            message.put("content", word());
        }
        if (random.nextBoolean()) {
            ObjectNode call =
                    message.putArray("toolCalls").addObject().put("id", call()).put("type", "function");
            call.putObject("function").put("name", one("add", "sub")).put("arguments", word());
        }
    }

    private ObjectNode activity() {
        ObjectNode event =
                event("ACTIVITY_SNAPSHOT").put("messageId", message()).put("activityType", one("plan", "search"));
        event.set("content", document());
        if (random.nextBoolean()) {
            event.put("replace", random.nextBoolean());
        }
        return event;
    }

    private ObjectNode activityDelta() {
        ObjectNode event =
                event("ACTIVITY_DELTA").put("messageId", message()).put("activityType", one("plan", "search"));
        event.set("patch", patch());
        return event;
    }

    private ObjectNode encrypted() {
        boolean ofCall = random.nextBoolean();
        return event("REASONING_ENCRYPTED_VALUE")
                .put("subtype", ofCall ? "tool-call" : "message")
                .put("entityId", ofCall ? call() : message())
                .put("encryptedValue", word());
    }

    private ObjectNode delta() {
        ObjectNode event = event("STATE_DELTA");
        event.set("delta", patch());
        return event;
    }

    private ObjectNode stateSnapshot() {
        ObjectNode event = event("STATE_SNAPSHOT");
        event.set("snapshot", random.nextInt(8) == 0 ? Json.mapper().nullNode() : document());
        return event;
    }

    private ObjectNode subagent() {
        String id = one(SUBAGENTS);
        return switch (random.nextInt(3)) {
            case 0 -> event("SUBAGENT_FINISHED").put("subagentRunId", id);
            case 1 -> event("SUBAGENT_ERROR").put("subagentRunId", id).put("message", word());
            default -> event("SUBAGENT_STARTED").put("subagentRunId", id).put("name", word());
        };
    }

    private ArrayNode patch() {
        ArrayNode patch = Json.mapper().createArrayNode();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            ObjectNode operation = patch.addObject().put("path", pointer());
            switch (random.nextInt(6)) {
                case 0, 1 -> operation.put("op", "add").set("value", value());
                case 2 -> operation.put("op", "remove");
                case 3 -> operation.put("op", "replace").set("value", value());
                case 4 -> {
                    // The client dies of a document moved into itself, and keeps none if one is replaced by what is not
                    // there.
                    String from = pointer();
                    operation.put("op", from.isEmpty() ? "copy" : one("move", "copy"));
                    operation.put("from", from);
                }
                default -> operation.put("op", "test").set("value", value());
            }
            if (operation.path("path").asText().isEmpty()
                    && !operation.path("op").asText().equals("test")) {
                // Of a document that is 0 or false the client checks nothing.
                operation.put("op", "replace").set("value", document());
            }
        }
        return patch;
    }

    private String pointer() {
        String field = one(FIELDS);
        return field.isEmpty() ? "" : "/" + field;
    }

    private ObjectNode document() {
        ObjectNode document = Json.object();
        document.set("a", value());
        document.putArray("l").add(random.nextInt(3)).addObject().put("a", 1);
        document.set("x/y", value());
        return document;
    }

    private JsonNode value() {
        return switch (random.nextInt(5)) {
            case 0 -> Json.mapper().valueToTree(random.nextInt(3));
            case 1 -> Json.mapper().valueToTree(word());
            case 2 -> Json.object().put("b", random.nextInt(3));
            case 3 -> Json.mapper().createArrayNode().add(random.nextInt(3));
            default -> Json.mapper().nullNode();
        };
    }

    private static ObjectNode event(String type) {
        return Json.object().put("type", type).put("timestamp", 1);
    }

    private String message() {
        return one(MESSAGES);
    }

    private String call() {
        return one(CALLS);
    }

    private String word() {
        return one("Hel", "lo ", "", "wörld", "{", "\"n\":1}");
    }

    private String one(String... of) {
        return of[random.nextInt(of.length)];
    }
}
