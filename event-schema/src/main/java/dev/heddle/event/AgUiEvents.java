package dev.heddle.event;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The vocabulary of AG-UI 1.0: its 31 event types, and the fields of a well-formed event of each. It follows
 * {@code EventSchema} of the published {@code @ag-ui/core} 1.0.0, for which a malformed known field is fatal to a
 * client, while an unknown field or type is only dropped.
 */
public final class AgUiEvents {
    /** The 31 event types. */
    public static final Set<String> TYPES;

    /** The shorthand types: the publisher expands them, and they are never stored. */
    public static final Set<String> CHUNK_TYPES =
            Set.of("TEXT_MESSAGE_CHUNK", "TOOL_CALL_CHUNK", "REASONING_MESSAGE_CHUNK");

    private static final Map<String, JsonCheck> SHAPES = AgUiSchemas.events();
    /** The length in characters of the longest type that an error repeats. */
    private static final int MAX_NAMED = 64;

    /** The known types' bytes, a hash table with open addressing by {@link #slot}. */
    private static final byte[][] KNOWN = new byte[128][];

    private static final String[] NAMES = new String[KNOWN.length];

    static {
        TYPES = Collections.unmodifiableSet(new LinkedHashSet<>(SHAPES.keySet()));
        for (String type : TYPES) {
            byte[] utf8 = type.getBytes(US_ASCII);
            int slot = slot(utf8, 0, utf8.length);
            while (KNOWN[slot] != null) {
                slot = (slot + 1) & (KNOWN.length - 1);
            }
            KNOWN[slot] = utf8;
            NAMES[slot] = type;
        }
    }

    private AgUiEvents() {}

    /**
     * Checks the event by itself: required fields, the JSON type of each field that AG-UI knows, no null where it
     * forbids one. For a type outside AG-UI only the fields common to all events are checked. The order of events is
     * {@link RunGrammar}'s.
     *
     * @throws InvalidEventException that names the field and the type
     */
    public static void validate(ObjectNode event) {
        JsonNode type = event.get("type");
        if (type == null || !type.isTextual() || type.textValue().isEmpty()) {
            throw new InvalidEventException("event without a type");
        }
        String name = type.textValue();
        String shown = name.length() > MAX_NAMED ? "event" : name;
        refuse(shown, SHAPES.getOrDefault(name, AgUiSchemas.COMMON).problem(event));
    }

    /**
     * Checks the input of a {@code run.start}: a RunAgentInput without threadId and runId.
     *
     * @throws InvalidEventException that names the field
     */
    public static void validateInput(ObjectNode input) {
        refuse("input", AgUiSchemas.input().problem(input));
    }

    /**
     * Checks the answers of a {@code run.resume}: a list of AG-UI's resume entries.
     *
     * @throws InvalidEventException that names the field
     */
    public static void validateResume(ArrayNode resume) {
        refuse("resume", AgUiSchemas.resume().problem(resume));
    }

    private static void refuse(String what, @Nullable String problem) {
        if (problem != null) {
            throw new InvalidEventException(what + problem);
        }
    }

    /** The type as text; always the same string object for a known one. */
    static String typeOf(byte[] utf8, int from, int to) {
        int slot = slot(utf8, from, to);
        for (byte[] known = KNOWN[slot]; known != null; known = KNOWN[slot]) {
            if (Arrays.equals(known, 0, known.length, utf8, from, to)) {
                return NAMES[slot];
            }
            slot = (slot + 1) & (KNOWN.length - 1);
        }
        return new String(utf8, from, to - from, UTF_8);
    }

    private static int slot(byte[] utf8, int from, int to) {
        int length = to - from;
        return (length * 31 + utf8[from + length / 2] * 7 + utf8[to - 1] + utf8[from]) & (KNOWN.length - 1);
    }
}
