package dev.heddle.event;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A place in the log that a client stores: generation, partition, position, user check, and flags. As text it is
 * opaque, 68 characters of base64url (never more than {@value #MAX_LENGTH}), with one text for each value.
 *
 * <p>A cursor grants nothing: the user always comes from the token. {@code userCheck} distinguishes another user's
 * cursor from one's own, and the checksum detects garbage.
 *
 * <pre>
 * 0 version (1) | 1 flags (2) | 3 topic id (16) | 19 partitions (4) | 23 partition (4)
 * | 27 offset (8) | 35 leader epoch (4) | 39 user check (8) | 47 CRC-32C of all before (4)
 * </pre>
 */
public record Cursor(Generation generation, int partition, Position position, int flags, long userCheck) {
    /** The length in characters of the longest text that is parsed. */
    public static final int MAX_LENGTH = 256;

    /** The flag of a cursor whose snapshot had not been sent yet. */
    public static final int SNAPSHOT_PENDING = 1;

    private static final int KNOWN_FLAGS = SNAPSHOT_PENDING;
    private static final byte VERSION = 1;
    /** The length in bytes, a multiple of three, so that base64 leaves no unused bits and each cursor has one text. */
    private static final int BYTES = 51;

    private static final int TEXT = BYTES / 3 * 4;
    private static final int CHECKED = BYTES - 4;
    private static final byte[] CHECK_DOMAIN = "heddle.cursor.user\0".getBytes(ISO_8859_1);

    public Cursor {
        if (partition < 0 || partition >= generation.partitions()) {
            throw new IllegalArgumentException("no partition " + partition + " of " + generation.partitions());
        }
        if ((flags & ~KNOWN_FLAGS) != 0) {
            throw new IllegalArgumentException("unknown cursor flags " + flags);
        }
    }

    /**
     * The cursor at this position in the user's own partition. It hashes the user key; on the hot path use
     * {@link #at(Position)}.
     */
    public static Cursor at(Generation generation, UserKey user, Position position, int flags) {
        int partition = Partitioning.partitionOf(user, generation.partitions());
        return new Cursor(generation, partition, position, flags, checkOf(user));
    }

    /** The same user's cursor at another position, with the same flags. */
    public Cursor at(Position position) {
        return new Cursor(generation, partition, position, flags, userCheck);
    }

    /** The same cursor with these flags instead. */
    public Cursor withFlags(int flags) {
        return new Cursor(generation, partition, position, flags, userCheck);
    }

    public boolean isSnapshotPending() {
        return (flags & SNAPSHOT_PENDING) != 0;
    }

    /** True if this cursor was made for this user. */
    public boolean belongsTo(UserKey user) {
        return userCheck == checkOf(user);
    }

    /** The opaque text. */
    public String encode() {
        byte[] bytes = new byte[BYTES];
        ByteBuffer.wrap(bytes)
                .put(VERSION)
                .putShort((short) flags)
                .putLong(generation.topicId().getMostSignificantBits())
                .putLong(generation.topicId().getLeastSignificantBits())
                .putInt(generation.partitions())
                .putInt(partition)
                .putLong(position.offset())
                .putInt(position.leaderEpoch())
                .putLong(userCheck)
                .putInt(checksum(bytes));
        return new String(Base64.getUrlEncoder().withoutPadding().encode(bytes), ISO_8859_1);
    }

    /**
     * Parses a text that {@link #encode} wrote, and refuses every other. The length is checked before anything is
     * decoded.
     *
     * @throws MalformedCursorException if this is not a cursor
     */
    public static Cursor parse(String text) throws MalformedCursorException {
        if (text.length() > MAX_LENGTH) {
            throw new MalformedCursorException("longer than " + MAX_LENGTH + " characters");
        }
        if (text.length() != TEXT) {
            throw new MalformedCursorException("not the length of a cursor");
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new MalformedCursorException("not base64url");
        }
        if (bytes.length != BYTES) {
            throw new MalformedCursorException("padded");
        }
        if (bytes[0] != VERSION) {
            throw new MalformedCursorException("unknown version " + bytes[0]);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 1, BYTES - 1);
        int flags = in.getShort();
        UUID topicId = new UUID(in.getLong(), in.getLong());
        int partitions = in.getInt();
        int partition = in.getInt();
        long offset = in.getLong();
        int leaderEpoch = in.getInt();
        long userCheck = in.getLong();
        if (in.getInt() != checksum(bytes)) {
            throw new MalformedCursorException("checksum does not match");
        }
        try {
            Generation generation = new Generation(topicId, partitions);
            return new Cursor(generation, partition, new Position(offset, leaderEpoch), flags, userCheck);
        } catch (IllegalArgumentException e) {
            throw new MalformedCursorException("impossible value: " + e.getMessage());
        }
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, CHECKED);
        return (int) crc.getValue();
    }

    private static long checkOf(UserKey user) {
        MessageDigest digest = Sha256.digest();
        digest.update(CHECK_DOMAIN);
        return ByteBuffer.wrap(digest.digest(user.utf8())).getLong();
    }

    @Override
    public String toString() {
        return encode();
    }
}
