package dev.heddle.event.index;

import dev.heddle.event.Generation;
import dev.heddle.event.InvalidEventException;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * One index record: a filter of the users with records in a block. If it denies a user, the block holds no record of
 * theirs; otherwise it may.
 *
 * <p>Record key: {@link Block#key()}. Value, big-endian:
 *
 * <pre>
 * 0 version (1) | 1 seed (1) | 2 offsets of a block (2) | 4 topic id (16) | 20 partitions (4)
 * | 24 partition (4) | 28 block start (8) | 36 first covered offset (8) | 44 leader epoch (4)
 * | 48 words of a column (2) | 50 the columns (8 each word) | CRC-32C of all before (4)
 * </pre>
 *
 * <p>The checksum exists because a filter with a wrong bit would hide events. The columns are a {@link Ribbon}'s, of
 * the users' hashes in that block.
 *
 * <p>A record that covers nothing ({@link #isRewind()}) says that the log was truncated within this block.
 */
public final class BlockFilter {
    /** The longest value of an index record, in bytes. */
    public static final int MAX_BYTES = BlockFilter.HEADER + Ribbon.MAX_BYTES + BlockFilter.CHECKSUM;

    static final int HEADER = 50;
    static final int CHECKSUM = 4;
    private static final byte VERSION = 2;

    private final Block block;
    private final Cover cover;
    private final byte[] value;
    private final Ribbon.Shape shape;
    private final ByteBuffer columns;

    /**
     * The part of a block that a record covers.
     *
     * @param first the first offset that it covers; the end of the block if it covers nothing
     * @param leaderEpoch the epoch of the leader that wrote the block's last record; -1 if it is unknown or there is
     *     none
     */
    public record Cover(long first, int leaderEpoch) {
        public Cover {
            if (leaderEpoch < -1) {
                throw new IllegalArgumentException("leader epoch must be at least -1: " + leaderEpoch);
            }
        }
    }

    private BlockFilter(Block block, Cover cover, Ribbon.Shape shape, byte[] value) {
        if (cover.first() < block.start() || cover.first() > block.end()) {
            throw new IllegalArgumentException("first covered offset " + cover.first() + " is not of the block");
        }
        this.block = block;
        this.cover = cover;
        this.value = value;
        this.shape = shape;
        this.columns = ByteBuffer.wrap(value, HEADER, value.length - HEADER - CHECKSUM);
    }

    /**
     * The record that says that the log was truncated in this block, and that earlier index records of this and all
     * later blocks are void.
     */
    public static BlockFilter rewind(Block block) {
        return make(block, new Cover(block.end(), -1), Ribbon.make(new long[0]));
    }

    /** Makes a record of this filter. */
    static BlockFilter make(Block block, Cover cover, Ribbon.Made filter) {
        byte[] value = new byte[HEADER + filter.columns().remaining() + CHECKSUM];
        ByteBuffer out = ByteBuffer.wrap(value)
                .put(VERSION)
                .put((byte) filter.shape().seed())
                .putShort((short) Block.OFFSETS)
                .putLong(block.generation().topicId().getMostSignificantBits())
                .putLong(block.generation().topicId().getLeastSignificantBits())
                .putInt(block.generation().partitions())
                .putInt(block.partition())
                .putLong(block.start())
                .putLong(cover.first())
                .putInt(cover.leaderEpoch())
                .putShort((short) filter.shape().words())
                .put(filter.columns().duplicate());
        out.putInt(checksum(value));
        return new BlockFilter(block, cover, filter.shape(), value);
    }

    /**
     * Reads an index record of one partition of one log. The value is taken over, not copied.
     *
     * @throws InvalidEventException if it is none, or another log's or partition's; the length is checked before
     *     anything is read
     */
    public static BlockFilter decode(Generation generation, int partition, byte[] key, byte[] value) {
        BlockFilter filter = decode(key, value);
        if (filter.block.partition() != partition || !filter.block.generation().equals(generation)) {
            throw new InvalidEventException("the index record is of another log or partition");
        }
        return filter;
    }

    /** Reads an index record of any log and partition. */
    static BlockFilter decode(byte[] key, byte[] value) {
        if (value.length < HEADER + CHECKSUM || value.length > MAX_BYTES) {
            throw new InvalidEventException("an index record has no " + value.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(value);
        int version = in.get();
        if (version != VERSION) {
            throw new InvalidEventException("unknown version of the index: " + version);
        }
        if (in.getInt(value.length - CHECKSUM) != checksum(value)) {
            throw new InvalidEventException("the checksum of the index record does not match");
        }
        int seed = in.get();
        if (in.getShort() != Block.OFFSETS) {
            throw new InvalidEventException("an index record of blocks of another shape");
        }
        UUID topicId = new UUID(in.getLong(), in.getLong());
        try {
            Block block = new Block(new Generation(topicId, in.getInt()), in.getInt(), in.getLong());
            if (Block.startIn(key) != block.start()) {
                throw new InvalidEventException("the key of the index record is another block's");
            }
            Cover cover = new Cover(in.getLong(), in.getInt());
            Ribbon.Shape shape = new Ribbon.Shape(seed, in.getShort());
            int columns = value.length - HEADER - CHECKSUM;
            if (!Ribbon.fits(shape, columns)) {
                throw new InvalidEventException(
                        "an index filter with columns of " + shape.words() + " words has no " + columns + " bytes");
            }
            return new BlockFilter(block, cover, shape, value);
        } catch (IllegalArgumentException e) {
            throw new InvalidEventException("impossible value in the index record: " + e.getMessage(), e);
        }
    }

    private static int checksum(byte[] value) {
        CRC32C crc = new CRC32C();
        crc.update(value, 0, value.length - CHECKSUM);
        return (int) crc.getValue();
    }

    public Block block() {
        return block;
    }

    public Cover cover() {
        return cover;
    }

    /** True if this record covers nothing; earlier index records from this block on are then void. */
    public boolean isRewind() {
        return cover.first() == block.end();
    }

    /** The record's value: the same array each time, not to be modified. */
    public byte[] value() {
        return value;
    }

    /**
     * The match of this record for some users.
     *
     * @param userHashes see {@link UserHash}
     */
    public Match match(long[] userHashes) {
        return new Match(cover.first(), mayHold(userHashes));
    }

    /** The result of {@link Match#next} for some users. */
    public long next(long[] userHashes, long from) {
        return from < cover.first() ? from : match(userHashes).next(from);
    }

    /** The result of {@link Match#previous} for some users. */
    public long previous(long[] userHashes, long to) {
        return to <= cover.first() ? to : match(userHashes).previous(to);
    }

    /**
     * The match of a block's record for some users.
     *
     * @param first the first offset that the record covers
     * @param mayHold false if there is certainly no record of theirs from there on
     */
    public record Match(long first, boolean mayHold) {
        /**
         * The first offset at or after {@code from} that may hold a record of one of the users.
         *
         * @param from in the block
         * @return the block's end if there is certainly none in it
         */
        public long next(long from) {
            return from < first || mayHold ? from : Block.startOf(from) + Block.OFFSETS;
        }

        /**
         * The end of the last range before {@code to} that may hold a record of one of the users.
         *
         * @param to behind the block's start, up to its end
         * @return the block's start if there is certainly none before
         */
        public long previous(long to) {
            return to <= first || mayHold ? to : first; // the block's start, if all of it is covered
        }
    }

    private boolean mayHold(long[] userHashes) {
        for (long user : userHashes) {
            if (Ribbon.has(columns, shape, UserHash.at(block.start(), user))) {
                return true;
            }
        }
        return false;
    }
}
