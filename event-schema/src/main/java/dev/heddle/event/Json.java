package dev.heddle.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The JSON reader of all modules: a duplicate key is an error, numbers keep their exact value, and depth and lengths
 * are bounded. Thread-safe.
 */
public final class Json {
    /** The deepest nesting of objects and arrays in an event, a command or a status, the outermost counted. */
    public static final int MAX_DEPTH = JsonBytes.MAX_DEPTH;

    /** The depth allowed around an event: ITEM, list, frame, and a reserve. */
    private static final int AROUND = 12;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH + AROUND)
                            .maxNumberLength(JsonBytes.MAX_NUMBER)
                            .maxNameLength(JsonBytes.MAX_NAME)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Json() {}

    /** The mapper; its configuration is not to be changed. */
    public static ObjectMapper mapper() {
        return MAPPER;
    }

    /** An empty object. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /**
     * Reads one JSON object.
     *
     * @throws InvalidEventException with line and column if this is not one JSON object
     */
    public static ObjectNode parseObject(String text) {
        if (parse(text) instanceof ObjectNode object) {
            return object;
        }
        throw new InvalidEventException("not a JSON object");
    }

    /**
     * Reads one JSON object in strict UTF-8.
     *
     * @throws InvalidEventException with line and column if this is not one JSON object in strict UTF-8
     */
    public static ObjectNode parseObject(byte[] utf8) {
        return parseObject(strictText(utf8));
    }

    /**
     * Reads one JSON array.
     *
     * @throws InvalidEventException with line and column if this is not one JSON array
     */
    public static ArrayNode parseArray(String text) {
        if (parse(text) instanceof ArrayNode array) {
            return array;
        }
        throw new InvalidEventException("not a JSON array");
    }

    /** The value as compact JSON text, in the form that it has in an ITEM. */
    public static String text(JsonNode value) {
        return JsonBytes.textOf(value);
    }

    private static JsonNode parse(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw invalid(e);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new InvalidEventException("not JSON: a number out of range", e);
        }
    }

    static InvalidEventException invalid(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        String where = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
        return new InvalidEventException("not JSON: " + firstLine(e.getOriginalMessage()) + where, e);
    }

    private static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    static String strictText(byte[] utf8) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidEventException("not JSON: not strict UTF-8", e);
        }
    }
}
