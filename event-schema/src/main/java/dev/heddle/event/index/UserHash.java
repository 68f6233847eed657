package dev.heddle.event.index;

import dev.heddle.event.UserKey;

/**
 * The hash of a user key that filters are made of: FNV-1a (64 bit) of its UTF-8 bytes, mixed by the finalizer of
 * MurmurHash3. {@code index-vectors.json} among the resources has vectors to test against.
 *
 * <p>A filter mixes the hash once more with its block's place ({@link #at}), so that which users a filter takes for
 * present by mistake differs from block to block. Without that, where the same users write all the time an unlucky
 * other one would be a mistake of every filter.
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
