package dev.heddle.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * The size of a JSON value.
 *
 * @param weight in bytes, about what it takes in memory: each value counts 16 and what its text has
 * @param depth of objects and arrays in each other; 0 for a plain value
 */
record JsonWeight(long weight, int depth) {

    private static final int EACH = 16;
    /** The weight in bytes of a {@code BigInteger} or {@code BigDecimal}, however many digits it has. */
    private static final int LONG_NUMBER = 512;

    /** Weighs a value that is nested as deeply as {@link dev.heddle.event.Json} allows, at most. */
    static JsonWeight of(JsonNode value) {
        if (value instanceof ObjectNode object) {
            long weight = EACH;
            int depth = 0;
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                JsonWeight child = of(field.getValue());
                weight += EACH + field.getKey().length() + child.weight;
                depth = Math.max(depth, child.depth);
            }
            return new JsonWeight(weight, depth + 1);
        } else if (value.isArray()) {
            long weight = EACH;
            int depth = 0;
            for (JsonNode element : value) {
                JsonWeight child = of(element);
                weight += child.weight;
                depth = Math.max(depth, child.depth);
            }
            return new JsonWeight(weight, depth + 1);
        } else if (value.isTextual()) {
            return new JsonWeight(EACH + value.textValue().length(), 0);
        }
        return new JsonWeight(value.isBigDecimal() || value.isBigInteger() ? LONG_NUMBER : EACH, 0);
    }

    /** True if the values are equal in JavaScript, where numbers are doubles. */
    static boolean areEqual(JsonNode one, JsonNode other) {
        if (one.isNumber() && other.isNumber()) {
            return one.doubleValue() == other.doubleValue();
        } else if (one instanceof ObjectNode object && other instanceof ObjectNode otherObject) {
            return haveEqualFields(object, otherObject);
        } else if (one.isArray() && other.isArray()) {
            if (one.size() != other.size()) {
                return false;
            }
            for (int i = 0; i < one.size(); i++) {
                if (!areEqual(one.get(i), other.get(i))) {
                    return false;
                }
            }
            return true;
        }
        return one.equals(other);
    }

    private static boolean haveEqualFields(ObjectNode one, ObjectNode other) {
        if (one.size() != other.size()) {
            return false;
        }
        for (Map.Entry<String, JsonNode> field : one.properties()) {
            JsonNode counterpart = other.get(field.getKey());
            if (counterpart == null || !areEqual(field.getValue(), counterpart)) {
                return false;
            }
        }
        return true;
    }
}
