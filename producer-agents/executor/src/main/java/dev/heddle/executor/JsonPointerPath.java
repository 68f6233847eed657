package dev.heddle.executor;

import org.jspecify.annotations.Nullable;

/** A JSON Pointer (RFC 6901), read as fast-json-patch reads it. */
final class JsonPointerPath {

    private static final int MOST_DIGITS = 9;

    private final String[] tokens;

    private JsonPointerPath(String[] tokens) {
        this.tokens = tokens;
    }

    /** The pointer; null if this is none, or leads to a JavaScript object's prototype, which the client refuses. */
    static @Nullable JsonPointerPath parse(String text) {
        if (text.isEmpty()) {
            return new JsonPointerPath(new String[0]);
        }
        if (text.charAt(0) != '/') {
            return null;
        }
        String[] tokens = text.substring(1).split("/", -1);
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = tokens[i].replace("~1", "/").replace("~0", "~");
            boolean isPrototype = tokens[i].equals("prototype") && i > 0 && tokens[i - 1].equals("constructor");
            if (tokens[i].equals("__proto__") || isPrototype) {
                return null;
            }
        }
        return new JsonPointerPath(tokens);
    }

    int length() {
        return tokens.length;
    }

    boolean isRoot() {
        return tokens.length == 0;
    }

    String token(int i) {
        return tokens[i];
    }

    /** The last token; the root has none. */
    String last() {
        return tokens[tokens.length - 1];
    }

    /** True if the other path leads to a part of the value at this path. */
    boolean isBefore(JsonPointerPath other) {
        if (tokens.length >= other.tokens.length) {
            return false;
        }
        for (int i = 0; i < tokens.length; i++) {
            if (!tokens[i].equals(other.tokens[i])) {
                return false;
            }
        }
        return true;
    }

    /**
     * The index in an array that a token stands for: decimal digits, leading zeros and none at all allowed; -1 for
     * none.
     */
    static int index(String token) {
        int value = 0;
        int digits = 0;
        for (int i = 0; i < token.length(); i++) {
            char digit = token.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            digits += digits > 0 || digit != '0' ? 1 : 0;
            if (digits > MOST_DIGITS) {
                return -1;
            }
            value = value * 10 + (digit - '0');
        }
        return value;
    }
}
