package dev.heddle.event;

import org.jspecify.annotations.Nullable;

/** The bounds of the ids in an envelope and in a command: 1 to 256 bytes of UTF-8. */
final class Ids {
    static final int MAX_BYTES = 256;

    private Ids() {}

    static void check(String what, String id) {
        if (id.isEmpty()) {
            throw new InvalidEventException(what + " is empty");
        }
        if (id.length() > MAX_BYTES || utf8Length(id) > MAX_BYTES) {
            throw new InvalidEventException(what + " is longer than " + MAX_BYTES + " bytes");
        }
        if (!Utf8.isWellFormed(id)) {
            throw new InvalidEventException(what + " has an unpaired surrogate");
        }
    }

    static void checkOptional(String what, @Nullable String id) {
        if (id != null) {
            check(what, id);
        }
    }

    private static int utf8Length(String id) {
        int length = 0;
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            length += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return length;
    }
}
