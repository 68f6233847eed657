package dev.heddle.event.index;

import dev.heddle.event.UserKey;

/**
 * The hash of a user key that filters are made of: FNV-1a (64 bit) of its UTF-8 bytes, mixed by the finalizer of
 * MurmurHash3. {@code index-vectors.json} among the resources has vectors to test against.
 *
 * <p>A filter mixes the hash once more with its block's start ({@link #at}), so that the users that it takes for
 * present by mistake differ from block to block. Without that, a user could be a mistake of every filter wherever the
 * same other users write all the time.
 */
public final class UserHash {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private UserHash() {}

    /** The hash of this key. */
    public static long of(UserKey user) {
        long hash = FNV_OFFSET;
        for (byte each : user.utf8()) {
            hash = (hash ^ (each & 0xff)) * FNV_PRIME;
        }
        return mix(hash);
    }

    /** The hash of a key in the block that begins at this offset. */
    static long at(long blockStart, long userHash) {
        return mix(userHash ^ (blockStart * GOLDEN));
    }

    /** The finalizer of MurmurHash3. */
    static long mix(long hash) {
        long h = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return h ^ (h >>> 33);
    }
}
