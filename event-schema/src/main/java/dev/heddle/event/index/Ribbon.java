package dev.heddle.event.index;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A set of hashes in little more than {@code -log2(mistakes)} bits each: a standard ribbon filter (Dillinger and
 * Walzer, "Ribbon filter: practically smaller than Bloom and Xor", 2021) with ribbons of 64 bits.
 *
 * <p>Each hash names a stretch of 64 slots, a ribbon: some of the slots in it, and a fingerprint. The filter is a
 * number for every slot, solved for so that the named ones' exclusive or is the fingerprint, for every hash of the set.
 * The numbers lie in columns: first the lowest bit of every slot, then the next one. The last column may end early; it
 * is asked only about the ribbons that lie in it, which makes use of space that is no whole number of bits a slot.
 *
 * <p>Of a hash {@code h}, with {@code s = mix(h + seed * 0x9e3779b97f4a7c15)}: the ribbon begins at slot {@code (s >>>
 * 32) * (slots - 63) >>> 32}; slot {@code i} of it is named if bit {@code i} of {@code mix(s) | 1} is set; bit
 * {@code c} of {@code s} is the fingerprint's in column {@code c}. {@code mix} is {@link UserHash#mix}. Words are
 * big-endian, slot {@code n} is bit {@code n mod 64} of its column's word {@code n / 64}.
 */
final class Ribbon {
    /**
     * The largest filter in bytes. With its key, header, checksum and Kafka's framing, the index then has at most a
     * byte for each offset of the log.
     */
    static final int MAX_BYTES = Block.OFFSETS - 144;

    /** The most bits of a slot: one absent hash in 4096 is then taken for present. */
    static final int MAX_COLUMNS = 12;

    /** The number of seeds that are tried; the densest filter fails with one seed in three. */
    static final int SEEDS = 64;

    private static final int WIDTH = Long.SIZE;
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private Ribbon() {}

    /**
     * The parameters of a filter.
     *
     * @param seed what the hashes are mixed with
     * @param words how many words a column has; 0 if the set is empty
     */
    record Shape(int seed, int words) {
        Shape {
            if (seed < 0 || seed >= SEEDS || words < 0 || words > wordsFor(Block.OFFSETS)) {
                throw new IllegalArgumentException(
                        "no filter has seed " + seed + " and columns of " + words + " words");
            }
        }

        int slots() {
            return words * WIDTH;
        }
    }

    /** A filter's columns, and the shape to read them by. */
    record Made(Shape shape, ByteBuffer columns) {}

    /**
     * Makes a filter of these distinct hashes, at most as many as a block has offsets; without hashes it has no
     * columns.
     */
    static Made make(long[] hashes) {
        int words = wordsFor(hashes.length);
        for (int seed = 0; seed < SEEDS; seed++) {
            Shape shape = new Shape(seed, words);
            Equations equations = Equations.of(hashes, shape);
            if (equations != null) {
                return new Made(shape, equations.solve());
            }
        }
        return new Made(
                new Shape(0, words), ByteBuffer.allocate(0)); // takes everyone for present, which is never wrong
    }

    /** The number of words of a column. One slot in 33 is spare, because there would seldom be a solution without. */
    private static int wordsFor(int hashes) {
        int slots = hashes + (hashes + 31) / 32;
        return (slots + WIDTH - 1) / WIDTH;
    }

    /** True if a filter of {@code bytes} bytes can have this shape. */
    static boolean fits(Shape shape, int bytes) {
        return bytes >= 0
                && bytes <= MAX_BYTES
                && bytes % Long.BYTES == 0
                && bytes <= shape.words() * MAX_COLUMNS * Long.BYTES;
    }

    /** True if the hash may be of the set whose columns these are, from the buffer's position to its limit. */
    static boolean has(ByteBuffer columns, Shape shape, long hash) {
        if (shape.words() == 0) {
            return false;
        }
        long seeded = seeded(hash, shape.seed());
        long named = named(seeded);
        int start = slot(seeded, shape.slots());
        int word = start / WIDTH;
        int shift = start % WIDTH;
        int words = columns.remaining() / Long.BYTES;
        // The ribbon lies in one word, or in two.
        for (int last = shift == 0 ? word : word + 1; last < words; last += shape.words(), word += shape.words()) {
            long ribbon = columns.getLong(columns.position() + word * Long.BYTES) >>> shift;
            if (shift != 0) {
                ribbon |= columns.getLong(columns.position() + last * Long.BYTES) << (WIDTH - shift);
            }
            if (((Long.bitCount(ribbon & named) ^ seeded) & 1) != 0) {
                return false;
            }
            seeded >>>= 1;
        }
        return true;
    }

    /** The hash mixed with this seed. */
    static long seeded(long hash, int seed) {
        return UserHash.mix(hash + seed * GOLDEN);
    }

    /** The start of the ribbon of a seeded hash. */
    static int slot(long seeded, int slots) {
        return (int) (((seeded >>> 32) * (slots - WIDTH + 1)) >>> 32);
    }

    /** The sum of the numbers in the named slots. */
    static int fingerprint(long seeded) {
        return (int) seeded & ((1 << MAX_COLUMNS) - 1);
    }

    /** The slots of its ribbon that a seeded hash names; the first always. */
    static long named(long seeded) {
        return UserHash.mix(seeded) | 1;
    }

    /**
     * The hashes as linear equations in echelon form: the one in row {@code i} names slot {@code i} and none before it.
     */
    private static final class Equations {
        private final Shape shape;
        private final long[] named;
        private final short[] fingerprints;

        private Equations(Shape shape) {
            this.shape = shape;
            this.named = new long[shape.slots()];
            this.fingerprints = new short[shape.slots()];
        }

        /** The equations of these hashes; null if they contradict each other with this shape. */
        static @Nullable Equations of(long[] hashes, Shape shape) {
            Equations equations = new Equations(shape);
            for (long hash : hashes) {
                if (!equations.add(seeded(hash, shape.seed()))) {
                    return null;
                }
            }
            return equations;
        }

        private boolean add(long seeded) {
            int row = slot(seeded, shape.slots());
            long slots = Ribbon.named(seeded);
            int fingerprint = Ribbon.fingerprint(seeded);
            while (named[row] != 0) {
                slots ^= named[row];
                fingerprint ^= fingerprints[row];
                if (slots == 0) {
                    return fingerprint == 0;
                }
                int next = Long.numberOfTrailingZeros(slots);
                row += next;
                slots >>>= next;
            }
            named[row] = slots;
            fingerprints[row] = (short) fingerprint;
            return true;
        }

        /** Solves for each column from the last slot back; a slot in no equation is 0. */
        ByteBuffer solve() {
            int words = Math.min(MAX_BYTES / Long.BYTES, shape.words() * MAX_COLUMNS);
            ByteBuffer columns = ByteBuffer.allocate(words * Long.BYTES);
            for (int first = 0, column = 0; first < words; first += shape.words(), column++) {
                long behind = 0; // the 64 slots from the one solved last
                for (int slot = shape.slots() - 1; slot >= 0; slot--) {
                    behind <<= 1;
                    if (named[slot] != 0) {
                        behind |= (Long.bitCount(behind & named[slot]) ^ (fingerprints[slot] >> column)) & 1;
                    }
                    int word = first + slot / WIDTH;
                    if (slot % WIDTH == 0 && word < words) {
                        columns.putLong(word * Long.BYTES, behind);
                    }
                }
            }
            return columns;
        }
    }
}
