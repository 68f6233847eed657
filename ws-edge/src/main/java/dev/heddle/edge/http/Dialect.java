package dev.heddle.edge.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.AgUiEvents;
import dev.heddle.event.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dialect of AG-UI: the translation of stored events, which are AG-UI 1.0, into what a client of that dialect parses.
 * Pure and safe for any thread.
 */
enum Dialect {
    /** AG-UI 1.0: every event exactly as it is stored. */
    V1_0 {
        @Override
        byte[] translate(String type, byte[] event) {
            return event;
        }
    },

    /**
     * AG-UI 0.0.x, by the schemas of the published {@code @ag-ui/core} 0.0.59. What they refuse is told in their terms,
     * and nothing else is changed.
     */
    V0_0 {
        @Override
        byte @Nullable [] translate(String type, byte[] event) {
            return switch (type) {
                case "RUN_STARTED", "RUN_FINISHED", "TOOL_CALL_RESULT", "MESSAGES_SNAPSHOT", "SUBAGENT_FINISHED" -> {
                    ObjectNode translated = Json.parseObject(event);
                    rewrite(type, translated);
                    yield Json.text(translated).getBytes(StandardCharsets.UTF_8);
                }
                default -> AgUiEvents.TYPES.contains(type) ? event : null;
            };
        }
    };

    /** The version that a client of AG-UI 1.0 sends in its input. */
    static final String VERSION_1_0 = "1.0";

    /** The dialect of a client that sends this protocol version; null if it sends none. */
    static Dialect of(@Nullable String protocolVersion) {
        return VERSION_1_0.equals(protocolVersion) ? V1_0 : V0_0;
    }

    /**
     * Translates one event.
     *
     * @param event UTF-8 JSON
     * @return the event for the client; null if the client does not know its type
     */
    abstract byte @Nullable [] translate(String type, byte[] event);

    private static void rewrite(String type, ObjectNode event) {
        switch (type) {
            case "RUN_STARTED" -> {
                if (event.path("input") instanceof ObjectNode input) {
                    messages(input.path("messages"));
                    input.withArray("/tools");
                    input.withArray("/context");
                }
            }
            case "RUN_FINISHED" -> runOutcome(event);
            case "SUBAGENT_FINISHED" -> subagentOutcome(event);
            case "TOOL_CALL_RESULT" -> textOnly(event);
            default -> messages(event.path("messages"));
        }
    }

    private static void runOutcome(ObjectNode event) {
        JsonNode outcome = event.path("outcome");
        switch (outcome.path("type").asText()) {
            case "success" -> event.putObject("outcome").put("type", "success");
            case "interrupt" -> {
                JsonNode interrupts = outcome.path("interrupts");
                event.putObject("outcome").put("type", "interrupt").set("interrupts", interrupts);
            }
            default -> event.remove("outcome");
        }
    }

    private static void subagentOutcome(ObjectNode event) {
        if (event.path("outcome") instanceof ObjectNode outcome) {
            switch (outcome.path("type").asText()) {
                case "success" -> outcome.retain("type");
                case "suspended" -> outcome.retain("type", "interruptIds");
                default -> event.remove("outcome");
            }
        }
    }

    private static void messages(JsonNode messages) {
        for (JsonNode message : messages) {
            if (message instanceof ObjectNode object) {
                if (object.path("role").asText().equals("tool")) {
                    textOnly(object);
                } else if (object.path("content") instanceof ArrayNode parts) {
                    removeFiles(parts);
                }
            }
        }
    }

    /** Replaces a content of parts by their text. */
    private static void textOnly(ObjectNode carrier) {
        if (carrier.path("content") instanceof ArrayNode parts) {
            List<String> texts = new ArrayList<>();
            for (JsonNode part : parts) {
                if (part.path("type").asText().equals("text")) {
                    texts.add(part.path("text").asText());
                }
            }
            carrier.put("content", String.join("", texts));
        }
    }

    private static void removeFiles(ArrayNode parts) {
        Iterator<JsonNode> each = parts.iterator();
        while (each.hasNext()) {
            if (each.next().path("source").path("type").asText().equals("file")) {
                each.remove();
            }
        }
    }
}
