package dev.heddle.ingest;

import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The path {@code /v1/users/{userKey}/events}. The key is percent-encoded (RFC 3986) and read strictly: a lenient
 * reader could turn a malformed key into another user's.
 */
final class UserPath {

    private static final String HEAD = "/v1/users/";
    private static final String TAIL = "/events";

    private UserPath() {}

    /** The encoded key, or null for another path. */
    static @Nullable String encodedKey(String path) {
        if (!path.startsWith(HEAD) || !path.endsWith(TAIL) || path.length() < HEAD.length() + TAIL.length()) {
            return null;
        }
        String key = path.substring(HEAD.length(), path.length() - TAIL.length());
        return key.indexOf('/') < 0 ? key : null;
    }

    /** @throws InvalidEventException if this is not how a user key is encoded */
    static UserKey decode(String encoded) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c == '%') {
                int high = i + 2 < encoded.length() ? Character.digit(encoded.charAt(i + 1), 16) : -1;
                int low = i + 2 < encoded.length() ? Character.digit(encoded.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw new InvalidEventException("the user key in the path is not percent-encoded");
                }
                bytes.write(16 * high + low);
                i += 2;
            } else if (c > ' ' && c < 0x7f) {
                bytes.write(c);
            } else {
                throw new InvalidEventException("the user key in the path is not percent-encoded");
            }
        }
        return UserKey.fromUtf8(bytes.toByteArray());
    }
}
