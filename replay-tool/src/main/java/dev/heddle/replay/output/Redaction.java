package dev.heddle.replay.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.heddle.event.Json;
import dev.heddle.replay.log.WrongUseException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The redaction of parts of an ITEM by JSON pointers (RFC 6901) into it, such as {@code /event/delta}; an asterisk
 * stands for every element or field. A part is replaced by a blank value of its own type, so that an event stays well
 * formed: a text by {@value #BLACK}, a number by 0, false, an empty object or list. Immutable.
 */
public final class Redaction {
    /** The replacement of a text. */
    public static final String BLACK = "[redacted]";

    /** The redaction of nothing. */
    public static final Redaction NONE = new Redaction(List.of());

    private static final String ANY = "*";

    private final List<List<String>> pointers;

    private Redaction(List<List<String>> pointers) {
        this.pointers = pointers;
    }

    /**
     * Makes the redaction by these pointers.
     *
     * @throws WrongUseException that names an invalid pointer
     */
    public static Redaction of(List<String> pointers) {
        return pointers.isEmpty()
                ? NONE
                : new Redaction(pointers.stream().map(Redaction::parts).toList());
    }

    private static List<String> parts(String pointer) {
        if (!pointer.startsWith("/") || pointer.matches("(?s).*~(?![01]).*")) {
            throw new WrongUseException("--redact '" + pointer + "' is not a JSON pointer such as /event/delta");
        }
        return Arrays.stream(pointer.substring(1).split("/", -1))
                .map(part -> part.replace("~1", "/").replace("~0", "~"))
                .toList();
    }

    /** True if nothing is blacked out. */
    public boolean isNone() {
        return pointers.isEmpty();
    }

    /** The redacted ITEM; the same array if nothing is blacked out. */
    public byte[] of(byte[] item) {
        if (isNone()) {
            return item;
        }
        ObjectNode tree = Json.parseObject(item);
        return apply(tree) ? Json.text(tree).getBytes(StandardCharsets.UTF_8) : item;
    }

    /** The redacted ITEM as a tree. */
    public ObjectNode tree(byte[] item) {
        ObjectNode tree = Json.parseObject(item);
        apply(tree);
        return tree;
    }

    private boolean apply(ObjectNode item) {
        boolean changed = false;
        for (List<String> pointer : pointers) {
            changed |= apply(item, pointer);
        }
        return changed;
    }

    private static boolean apply(JsonNode at, List<String> pointer) {
        List<String> rest = pointer.subList(1, pointer.size());
        boolean changed = false;
        for (String name : names(at, pointer.get(0))) {
            JsonNode child = child(at, name);
            if (child == null) {
                continue;
            }
            if (!rest.isEmpty()) {
                changed |= apply(child, rest);
            } else {
                replace(at, name, black(child));
                changed = true;
            }
        }
        return changed;
    }

    private static List<String> names(JsonNode at, String part) {
        if (!part.equals(ANY)) {
            return List.of(part);
        }
        List<String> names = new ArrayList<>();
        if (at instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                names.add(field.getKey());
            }
        }
        for (int i = 0; at.isArray() && i < at.size(); i++) {
            names.add(Integer.toString(i));
        }
        return names;
    }

    private static @Nullable JsonNode child(JsonNode at, String name) {
        if (at.isArray()) {
            return name.matches("0|[1-9][0-9]{0,8}") ? at.get(Integer.parseInt(name)) : null;
        }
        return at.get(name);
    }

    private static void replace(JsonNode at, String name, JsonNode by) {
        if (at instanceof ObjectNode object) {
            object.set(name, by);
        } else if (at instanceof ArrayNode array) {
            array.set(Integer.parseInt(name), by);
        }
    }

    private static JsonNode black(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> Json.object();
            case ARRAY -> Json.object().arrayNode();
            case NUMBER -> Json.object().numberNode(0);
            case BOOLEAN -> Json.object().booleanNode(false);
            case NULL -> value;
            default -> TextNode.valueOf(BLACK);
        };
    }
}
