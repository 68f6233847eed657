package dev.heddle.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A rule about one JSON value. */
@FunctionalInterface
interface JsonCheck {
    JsonCheck ANY = value -> null;
    JsonCheck NOT_NULL = value -> value.isNull() ? " must not be null" : null;
    JsonCheck STRING = value -> value.isTextual() ? null : " must be a string";
    JsonCheck BOOLEAN = value -> value.isBoolean() ? null : " must be true or false";
    JsonCheck OBJECT = value -> value.isObject() ? null : " must be an object";
    JsonCheck SAFE_INTEGER = value -> SafeInteger.is(value) ? null : " must be a safe integer";
    JsonCheck COUNT = value ->
            SafeInteger.is(value) && value.decimalValue().signum() >= 0 ? null : " must be a safe integer, 0 or more";
    /** A JSON Pointer (RFC 6901). */
    JsonCheck POINTER = value -> value.isTextual() && isPointer(value.textValue()) ? null : " must be a JSON Pointer";

    JsonCheck INSTANT = value -> value.isTextual() && Timestamps.read(value.textValue()) != null
            ? null
            : " must be an ISO 8601 instant with its offset, as 2026-01-01T00:00:00Z";

    /** The fault in the value, as text to put behind its name ({@code ".id must be a string"}), or null. */
    @Nullable
    String problem(JsonNode value);

    static JsonCheck oneOf(String... words) {
        List<String> allowed = List.of(words);
        return value -> value.isTextual() && allowed.contains(value.textValue())
                ? null
                : " must be " + (words.length == 1 ? "" : "one of ") + String.join(", ", words);
    }

    static JsonCheck listOf(JsonCheck item) {
        return value -> {
            if (!value.isArray()) {
                return " must be an array";
            }
            for (int i = 0; i < value.size(); i++) {
                String problem = item.problem(value.get(i));
                if (problem != null) {
                    return "[" + i + "]" + problem;
                }
            }
            return null;
        };
    }

    static JsonCheck nonEmpty(JsonCheck list) {
        return value -> value.isArray() && value.isEmpty() ? " must not be empty" : list.problem(value);
    }

    /** A string, or a value by the other rule. */
    static JsonCheck stringOr(JsonCheck other) {
        return value -> value.isTextual() ? null : other.problem(value);
    }

    /** An object whose shape depends on the word in this field. */
    static JsonCheck by(String field, Map<String, JsonCheck> shapes) {
        String words = String.join(", ", new TreeSet<>(shapes.keySet()));
        return value -> {
            if (!value.isObject()) {
                return " must be an object";
            }
            JsonNode word = value.get(field);
            JsonCheck shape = word != null && word.isTextual() ? shapes.get(word.textValue()) : null;
            return shape == null ? "." + field + " must be one of " + words : shape.problem(value);
        };
    }

    /** An object with these fields and any others. */
    static JsonCheck object(Field... fields) {
        return value -> {
            if (!value.isObject()) {
                return " must be an object";
            }
            for (Field field : fields) {
                JsonNode inner = value.get(field.name());
                if (inner == null) {
                    if (field.required()) {
                        return "." + field.name() + " is missing";
                    }
                    continue;
                }
                String problem = field.check().problem(inner);
                if (problem != null) {
                    return "." + field.name() + problem;
                }
            }
            return null;
        };
    }

    /** One field of an object. An optional field may be absent, but not null. */
    record Field(String name, JsonCheck check, Presence presence) {
        boolean required() {
            return presence == Presence.REQUIRED;
        }

        static Field[] joined(Field[] some, Field... more) {
            Field[] all = Arrays.copyOf(some, some.length + more.length);
            System.arraycopy(more, 0, all, some.length, more.length);
            return all;
        }
    }

    /** The presence that an object demands of a field. */
    enum Presence {
        REQUIRED,
        OPTIONAL
    }

    static Field needs(String name, JsonCheck check) {
        return new Field(name, check, Presence.REQUIRED);
    }

    static Field may(String name, JsonCheck check) {
        return new Field(name, check, Presence.OPTIONAL);
    }

    private static boolean isPointer(String text) {
        if (!text.isEmpty() && text.charAt(0) != '/') {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '~') {
                if (i + 1 == text.length() || (text.charAt(i + 1) != '0' && text.charAt(i + 1) != '1')) {
                    return false;
                }
            }
        }
        return true;
    }
}
