package dev.heddle.edge.protocol;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The check that a client's JSON text can be stored and sent again: JSON may escape half a surrogate pair, which has no
 * UTF-8.
 */
public final class WellFormed {

    private WellFormed() {}

    /** True if the node is text of 1 to {@code max} UTF-16 units without an unpaired surrogate. */
    public static boolean text(JsonNode node, int max) {
        return node.isTextual()
                && !node.textValue().isEmpty()
                && node.textValue().length() <= max
                && paired(node.textValue());
    }

    /** True if no surrogate is unpaired. */
    public static boolean paired(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }
}
