package dev.heddle.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.InvalidEventException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Expands {@code *_CHUNK} events into the START, CONTENT and END events they stand for, as AG-UI's own client does
 * (transformChunks of {@code @ag-ui/client} 1.0.0). One subagent, or the parent agent, assembles at most one stream at
 * a time: a lane. Not thread-safe; one a run.
 */
final class ChunkExpander {

    private static final Set<String> CLOSING_ALL =
            Set.of("RUN_STARTED", "RUN_FINISHED", "RUN_ERROR", "MESSAGES_SNAPSHOT");
    private static final Set<String> CLOSING_NONE =
            Set.of("RAW", "ACTIVITY_SNAPSHOT", "ACTIVITY_DELTA", "REASONING_ENCRYPTED_VALUE", "SUBAGENT_STARTED");

    private enum Kind {
        TEXT("TEXT_MESSAGE_CHUNK", "messageId"),
        TOOL("TOOL_CALL_CHUNK", "toolCallId"),
        REASONING("REASONING_MESSAGE_CHUNK", "messageId");

        private final String chunk;
        private final String id;

        Kind(String chunk, String id) {
            this.chunk = chunk;
            this.id = id;
        }

        /** The fields that the first chunk establishes. */
        private List<String> opening() {
            return switch (this) {
                case TEXT -> List.of("role", "name");
                case TOOL -> List.of("toolCallName", "parentMessageId");
                case REASONING -> List.of();
            };
        }

        private String type(String suffix) {
            return chunk.replace("CHUNK", suffix);
        }

        private static @Nullable Kind of(String type) {
            for (Kind kind : values()) {
                if (kind.chunk.equals(type)) {
                    return kind;
                }
            }
            return null;
        }
    }

    private record Stream(Kind kind, String id, ObjectNode start) {
        private ObjectNode event(String suffix) {
            ObjectNode event = AgUi.event(kind.type(suffix)).put(kind.id, id);
            if (start.has("subagentRunId")) {
                event.set("subagentRunId", start.get("subagentRunId"));
            }
            return event;
        }
    }

    /** The parent agent's lane has the key {@code parent}; a subagent's has its id behind a prefix. */
    private final Map<String, Stream> lanes = new LinkedHashMap<>();

    /**
     * The events that the log gets for this one: a chunk's expansion or the event itself, after the END events that it
     * implies.
     */
    List<ObjectNode> expand(ObjectNode event) {
        String type = event.path("type").asText();
        Kind kind = Kind.of(type);
        if (kind != null) {
            return expandChunk(kind, event);
        } else if (lanes.isEmpty() || CLOSING_NONE.contains(type)) {
            return List.of(event);
        }
        List<ObjectNode> expanded = CLOSING_ALL.contains(type) ? close() : close(laneOf(event));
        expanded.add(event);
        return expanded;
    }

    /** True if a stream is open that chunks have opened, which other events may close. */
    boolean areOpen() {
        return !lanes.isEmpty();
    }

    /** Closes every stream that chunks have opened, and returns their END events. */
    List<ObjectNode> close() {
        List<ObjectNode> ends = new ArrayList<>();
        for (String lane : List.copyOf(lanes.keySet())) {
            ends.addAll(close(lane));
        }
        return ends;
    }

    private List<ObjectNode> close(String lane) {
        List<ObjectNode> ends = new ArrayList<>(2);
        Stream open = lanes.remove(lane);
        if (open != null) {
            ends.add(open.event("END"));
        }
        return ends;
    }

    private List<ObjectNode> expandChunk(Kind kind, ObjectNode chunk) {
        String lane = laneOf(kind, chunk);
        String id = chunk.path(kind.id).textValue();
        Stream open = lanes.get(lane);
        List<ObjectNode> expanded = new ArrayList<>(3);
        if (open == null || open.kind != kind || (id != null && !id.equals(open.id))) {
            Stream opened = open(kind, chunk);
            expanded.addAll(close(lane));
            lanes.put(lane, opened);
            expanded.add(opened.start);
            open = opened;
        } else {
            checkAgreement(open, chunk);
        }
        ObjectNode remainder = remainderOf(kind, chunk);
        boolean opensOnly = !expanded.isEmpty() && !chunk.has("delta") && remainder.isEmpty();
        if (!opensOnly) {
            ObjectNode content = open.event(kind == Kind.TOOL ? "ARGS" : "CONTENT");
            content.set("delta", chunk.has("delta") ? chunk.get("delta") : content.textNode(""));
            content.setAll(remainder);
            copy("timestamp", chunk, content);
            copy("metadata", chunk, content);
            expanded.add(content);
        }
        return expanded;
    }

    private static Stream open(Kind kind, ObjectNode chunk) {
        String id = chunk.path(kind.id).textValue();
        if (id == null) {
            throw new InvalidEventException("the first " + kind.chunk + " must have a " + kind.id);
        }
        if (kind == Kind.TOOL && !chunk.path("toolCallName").isTextual()) {
            throw new InvalidEventException("the first TOOL_CALL_CHUNK must have a toolCallName");
        }
        ObjectNode start = AgUi.event(kind.type("START")).put(kind.id, id);
        if (kind != Kind.TOOL) {
            start.put("role", kind == Kind.TEXT ? "assistant" : "reasoning");
        }
        kind.opening().forEach(field -> copy(field, chunk, start));
        copy("subagentRunId", chunk, start);
        copy("timestamp", chunk, start);
        copy("metadata", chunk, start);
        return new Stream(kind, id, start);
    }

    /** Refuses a later chunk that differs from the first one in an opening field; it may repeat or omit the field. */
    private static void checkAgreement(Stream open, ObjectNode chunk) {
        for (String field : open.kind.opening()) {
            JsonNode repeated = chunk.get(field);
            if (repeated != null && !repeated.equals(open.start.get(field))) {
                throw new InvalidEventException(
                        open.kind.chunk + " differs in " + field + " from the one that opened it");
            }
        }
    }

    /** The fields of a chunk that its START does not carry; the CONTENT event carries them. */
    private static ObjectNode remainderOf(Kind kind, ObjectNode chunk) {
        ObjectNode remainder = chunk.objectNode();
        chunk.properties().forEach(field -> {
            if (!kind.opening().contains(field.getKey()) && !field.getKey().equals(kind.id)) {
                remainder.set(field.getKey(), field.getValue());
            }
        });
        return remainder.without(List.of("type", "delta", "subagentRunId", "timestamp", "metadata"));
    }

    private static void copy(String field, ObjectNode from, ObjectNode to) {
        if (from.has(field)) {
            to.set(field, from.get(field));
        }
    }

    private static String laneOf(ObjectNode event) {
        String subagent = event.path("subagentRunId").textValue();
        return subagent == null ? "parent" : "subagent " + subagent;
    }

    /** The lane whose stream the chunk continues, or else the one it names. */
    private String laneOf(Kind kind, ObjectNode chunk) {
        String id = chunk.path(kind.id).textValue();
        boolean attributed = chunk.has("subagentRunId");
        List<String> candidates = new ArrayList<>();
        for (Map.Entry<String, Stream> lane : lanes.entrySet()) {
            Stream open = lane.getValue();
            if (open.kind == kind && (id == null || id.equals(open.id))) {
                candidates.add(lane.getKey());
            }
        }
        if (id != null && !candidates.isEmpty()) {
            if (attributed && !candidates.contains(laneOf(chunk))) {
                throw new InvalidEventException(kind.chunk + " continues a stream of another subagent");
            }
            return candidates.get(0);
        }
        if (id != null || attributed || candidates.isEmpty() || candidates.contains("parent")) {
            return laneOf(chunk);
        }
        if (candidates.size() > 1) {
            throw new InvalidEventException(
                    kind.chunk + " has neither " + kind.id + " nor subagentRunId, but several streams are open");
        }
        return candidates.get(0);
    }
}
