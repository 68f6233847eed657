package dev.heddle.event;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.UUID;

/**
 * The run ids of commands without one: a UUID version 8 (RFC 9562) derived from the user key and the command's id, so
 * that every edge gives the same command the same run.
 */
public final class RunIds {
    private static final byte[] DOMAIN = "heddle.run\0".getBytes(US_ASCII);

    private RunIds() {}

    /** The run id of this user's command. */
    public static String derive(UserKey user, String commandId) {
        MessageDigest digest = Sha256.digest();
        digest.update(DOMAIN);
        digest.update(ByteBuffer.allocate(4).putInt(0, user.utf8().length));
        digest.update(user.utf8());
        ByteBuffer hash = ByteBuffer.wrap(digest.digest(commandId.getBytes(UTF_8)));
        long high = (hash.getLong() & ~0xF000L) | 0x8000L;
        long low = (hash.getLong() >>> 2) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }
}
