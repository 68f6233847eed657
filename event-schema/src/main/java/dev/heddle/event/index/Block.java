package dev.heddle.event.index;

import dev.heddle.event.Generation;
import dev.heddle.event.InvalidEventException;
import java.nio.ByteBuffer;

/**
 * A block of {@value #OFFSETS} aligned offsets of one partition of one log, which one index record describes.
 *
 * @param start its first offset, a multiple of {@value #OFFSETS}
 */
public record Block(Generation generation, int partition, long start) {
    /** The number of offsets in a block. */
    public static final int OFFSETS = 4096;

    private static final int KEY_BYTES = Long.BYTES;

    public Block {
        if (partition < 0 || partition >= generation.partitions()) {
            throw new IllegalArgumentException("no partition " + partition + " of " + generation.partitions());
        }
        if (start < 0 || start != startOf(start) || start > Long.MAX_VALUE - OFFSETS) {
            throw new IllegalArgumentException("no block starts at " + start);
        }
    }

    /** The block of this offset. */
    public static Block of(Generation generation, int partition, long offset) {
        return new Block(generation, partition, startOf(offset));
    }

    /** The start of the block of this offset. */
    public static long startOf(long offset) {
        return offset & -OFFSETS;
    }

    /** The first offset behind the block. */
    public long end() {
        return start + OFFSETS;
    }

    /** The block behind this one. */
    public Block following() {
        return new Block(generation, partition, end());
    }

    /** The key of the block's index record: {@link #start}, 8 bytes, big-endian. Its partition is the block's. */
    public byte[] key() {
        return ByteBuffer.allocate(KEY_BYTES).putLong(start).array();
    }

    /** The start of the block in an index record's key. */
    static long startIn(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new InvalidEventException("the key of an index record has 8 bytes, not " + key.length);
        }
        return ByteBuffer.wrap(key).getLong();
    }
}
