package dev.heddle.event.index;

import dev.heddle.event.Generation;
import dev.heddle.event.InvalidEventException;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * One index record: a filter of the users whose records lie in a block. Where it denies a user there is none of theirs;
 * where it does not there may be.
 *
 * <p>Record key: {@link Block#key()}. Value, big-endian:
 *
 * <pre>
 * 0 version (1) | 1 bits a key sets (1) | 2 offsets of a block (2) | 4 topic id (16) | 20 partitions (4)
 * | 24 partition (4) | 28 block start (8) | 36 first covered offset (8) | 44 leader epoch (4)
 * | 48 the filter | CRC-32C of all before (4)
 * </pre>
 *
 * <p>The checksum is there because a filter with a lost bit would hide events. A key's bits in a filter of {@code m} bits
 * are {@code ((a + i * b) mod 2^32) * m >> 32} for {@code i} from 0, where {@code a} is the lower half of the key's hash
 * in that block and {@code b} the upper half, made odd; bit {@code n} is bit {@code n mod 8} of byte {@code n / 8}.
 *
 * <p>A record that covers nothing ({@link #isRewind()}) tells that the log was cut within this block.
 */
public final class BlockFilter {
    /** The longest value of an index record, in bytes. */
    public static final int MAX_BYTES = BlockFilter.HEADER + Bloom.MAX_BYTES + BlockFilter.CHECKSUM;

    static final int HEADER = 48;
    static final int CHECKSUM = 4;
    private static final byte VERSION = 1;
    private static final int MAX_PROBES = 16;

    private final Block block;
    private final Cover cover;
    private final byte[] value;
    private final int probes;
    private final Bloom.Span filter;

    /**
     * What of a block a record speaks of.
     *
     * @param first the first offset that it covers; the end of the block if it covers nothing
     * @param leaderEpoch the epoch of the leader that wrote the block's last record; -1 if it is unknown or there is none
     */
    public record Cover(long first, int leaderEpoch) {
        public Cover {
            if (leaderEpoch < -1) {
                throw new IllegalArgumentException("leader epoch must be at least -1: " + leaderEpoch);
            }
        }
    }

    private BlockFilter(Block block, Cover cover, byte[] value) {
        if (cover.first() < block.start() || cover.first() > block.end()) {
            throw new IllegalArgumentException("first covered offset " + cover.first() + " is not of the block");
        }
        this.block = block;
        this.cover = cover;
        this.value = value;
        this.probes = value[1];
        this.filter = new Bloom.Span(HEADER, value.length - HEADER - CHECKSUM);
    }

    /** The record that says: the log was cut in this block; what was indexed before, of it and all behind it, is void. */
    public static BlockFilter rewind(Block block) {
        return make(block, new Cover(block.end(), -1), new byte[0]);
    }

    /** A record of this filter. */
    static BlockFilter make(Block block, Cover cover, byte[] filter) {
        byte[] value = new byte[HEADER + filter.length + CHECKSUM];
        ByteBuffer out = ByteBuffer.wrap(value)
                .put(VERSION)
                .put((byte) Bloom.PROBES)
                .putShort((short) Block.OFFSETS)
                .putLong(block.generation().topicId().getMostSignificantBits())
                .putLong(block.generation().topicId().getLeastSignificantBits())
                .putInt(block.generation().partitions())
                .putInt(block.partition())
                .putLong(block.start())
                .putLong(cover.first())
                .putInt(cover.leaderEpoch())
                .put(filter);
        out.putInt(checksum(value));
        return new BlockFilter(block, cover, value);
    }

    /**
     * Reads an index record. The value is taken over, not copied.
     *
     * @throws InvalidEventException if it is none; the length is checked before anything is read
     */
    public static BlockFilter decode(byte[] key, byte[] value) {
        if (value.length < HEADER + CHECKSUM || !Bloom.isSize(value.length - HEADER - CHECKSUM)) {
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
        int probes = in.get();
        if (probes < 1 || probes > MAX_PROBES) {
            throw new InvalidEventException("an index filter sets no " + probes + " bits a key");
        }
        if (in.getShort() != Block.OFFSETS) {
            throw new InvalidEventException("an index record of blocks of another shape");
        }
        UUID topicId = new UUID(in.getLong(), in.getLong());
        try {
            Block block = new Block(new Generation(topicId, in.getInt()), in.getInt(), in.getLong());
            if (Block.startIn(key) != block.start()) {
                throw new InvalidEventException("the key of the index record is another block's");
            }
            return new BlockFilter(block, new Cover(in.getLong(), in.getInt()), value);
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

    /** Whether this covers nothing, and tells that all that was indexed before from this block on is void. */
    public boolean isRewind() {
        return cover.first() == block.end();
    }

    /** The record's value: the same array each time, not to be modified. */
    public byte[] value() {
        return value;
    }

    /**
     * The first offset at or after {@code from} at which a record of one of the users may lie.
     *
     * @param userHashes see {@link UserHash}
     * @param from in the block
     * @return the block's end if there is certainly none in it
     */
    public long next(long[] userHashes, long from) {
        return from < cover.first() || mayHold(userHashes) ? from : block.end();
    }

    /**
     * The end of the last stretch before {@code to} in which a record of one of the users may lie.
     *
     * @param to behind the block's start, up to its end
     * @return the block's start if there is certainly none before
     */
    public long previous(long[] userHashes, long to) {
        if (to <= cover.first() || mayHold(userHashes)) {
            return to;
        }
        return cover.first(); // the block's start, if all of it is covered
    }

    private boolean mayHold(long[] userHashes) {
        for (long user : userHashes) {
            if (Bloom.has(value, filter, probes, UserHash.at(block.start(), user))) {
                return true;
            }
        }
        return false;
    }
}
