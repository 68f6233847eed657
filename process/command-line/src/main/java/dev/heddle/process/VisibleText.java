package dev.heddle.process;

import org.jspecify.annotations.Nullable;

/**
 * The escaping of foreign text for terminals and logs: a control character, a mark of writing direction or a line
 * separator becomes an escape such as {@code \u001b}. Within JSON the escapes are JSON's own.
 */
public final class VisibleText {
    private static final int ESCAPE_LENGTH = 6;

    private VisibleText() {}

    /** The text with escapes; the same object if there is nothing to escape. */
    public static String of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isHidden(text, i)) {
                return escaped(text, i);
            }
        }
        return text;
    }

    /**
     * The text with escapes on one line: a line break becomes a blank. For null, a text that says that no reason is
     * given.
     */
    public static String line(@Nullable String text) {
        return text == null ? "no reason is given" : of(text.strip().replaceAll("\\s*\\R\\s*", " "));
    }

    private static String escaped(String text, int first) {
        StringBuilder out = new StringBuilder(text.length() + 4 * ESCAPE_LENGTH).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            char next = text.charAt(i);
            if (isHidden(text, i)) {
                out.append(String.format("\\u%04x", (int) next));
            } else {
                out.append(next);
            }
        }
        return out.toString();
    }

    /** Controls (C0, DEL, C1), line separators, marks and embeddings of direction, and halves of a surrogate pair. */
    private static boolean isHidden(String text, int at) {
        char c = text.charAt(at);
        if (c < 0x7f) {
            return c < 0x20;
        }
        if (Character.isSurrogate(c)) {
            return Character.isHighSurrogate(c)
                    ? at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1))
                    : at == 0 || !Character.isHighSurrogate(text.charAt(at - 1));
        }
        return c <= 0x9f
                || c == 0x61c
                || (c >= 0x200e && c <= 0x200f)
                || (c >= 0x2028 && c <= 0x202e)
                || (c >= 0x2066 && c <= 0x2069)
                || c == 0xfeff;
    }
}
