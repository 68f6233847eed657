package dev.heddle.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** The JSON numbers that every JSON reader holds exactly: integers of at most 2^53 - 1 either way, in any notation. */
final class SafeInteger {
    static final long MAX = (1L << 53) - 1;
    private static final BigDecimal LIMIT = BigDecimal.valueOf(MAX);

    private SafeInteger() {}

    static boolean is(@Nullable JsonNode node) {
        if (node == null || !node.isNumber()) {
            return false;
        }
        if (node.isInt() || node.isLong() || node.isShort()) {
            return isSafe(node.longValue());
        }
        if ((node.isDouble() || node.isFloat()) && !Double.isFinite(node.doubleValue())) {
            return false;
        }
        BigDecimal value = node.decimalValue();
        return value.abs().compareTo(LIMIT) <= 0
                && (value.scale() <= 0 || value.stripTrailingZeros().scale() <= 0);
    }

    static boolean isSafe(long value) {
        return value >= -MAX && value <= MAX;
    }

    static long of(String field, @Nullable JsonNode node) {
        if (node == null || !is(node)) {
            throw new InvalidEventException(field + " must be a safe integer");
        }
        return node.isIntegralNumber() ? node.longValue() : node.decimalValue().longValueExact();
    }
}
