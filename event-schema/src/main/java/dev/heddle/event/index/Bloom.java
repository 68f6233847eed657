package dev.heddle.event.index;

/**
 * The arithmetic of a block's Bloom filter: bits in a byte array, at places that follow from a hash by double hashing
 * (Kirsch and Mitzenmacher, 2006).
 */
final class Bloom {
    /** The largest filter, in bytes: 8 bits for each of a block's offsets. */
    static final int MAX_BYTES = Block.OFFSETS;

    /** How many bits a key sets. */
    static final int PROBES = 6;

    private static final int UNIT = 8;
    private static final int BYTES_PER_KEY = 2;

    private Bloom() {}

    /**
     * How many bytes the filter of that many keys has: 16 bits for each, up to {@value #MAX_BYTES} bytes. It takes one
     * absent user in 1,000 for present with up to 2,048 keys, and one in 46 with 4,096.
     */
    static int bytesFor(int keys) {
        int units = (keys * BYTES_PER_KEY + UNIT - 1) / UNIT;
        return Math.min(MAX_BYTES, units * UNIT);
    }

    static boolean isSize(int bytes) {
        return bytes >= 0 && bytes <= MAX_BYTES && bytes % UNIT == 0;
    }

    static void set(byte[] in, Span filter, long hash) {
        int step = step(hash);
        int place = (int) hash;
        for (int i = 0; i < PROBES; i++) {
            int bit = bit(place, filter.length());
            in[filter.from() + (bit >> 3)] |= (byte) (1 << (bit & 7));
            place += step;
        }
    }

    static boolean has(byte[] in, Span filter, int probes, long hash) {
        if (filter.length() == 0) {
            return false;
        }
        int step = step(hash);
        int place = (int) hash;
        for (int i = 0; i < probes; i++) {
            int bit = bit(place, filter.length());
            if ((in[filter.from() + (bit >> 3)] & (1 << (bit & 7))) == 0) {
                return false;
            }
            place += step;
        }
        return true;
    }

    private static int step(long hash) {
        return (int) (hash >>> 32) | 1;
    }

    /** A 32-bit place scaled to the filter's bits. */
    private static int bit(int place, int bytes) {
        return (int) (((place & 0xffffffffL) * (bytes * 8L)) >>> 32);
    }

    /** Where in an array a filter lies. */
    record Span(int from, int length) {}
}
