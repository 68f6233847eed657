package dev.heddle.event.index;

import dev.heddle.event.UserKey;
import java.util.Arrays;

/**
 * The builder of one block's index record: it takes the block's records in any order and keeps only the hashes of their
 * users, 128 KiB at most. For one thread.
 */
public final class BlockFilterBuilder {
    private final Block block;
    private final long firstCovered;
    private final Hashes hashes = new Hashes();
    private int leaderEpoch = -1;

    /**
     * A builder without users.
     *
     * @param firstCovered the first offset of the block whose records are added
     */
    public BlockFilterBuilder(Block block, long firstCovered) {
        if (firstCovered < block.start() || firstCovered >= block.end()) {
            throw new IllegalArgumentException("offset " + firstCovered + " is not of the block");
        }
        this.block = block;
        this.firstCovered = firstCovered;
    }

    public Block block() {
        return block;
    }

    /** Adds the user of a record of the block, at or behind the first covered offset. */
    public void add(long offset, UserKey user) {
        if (offset < firstCovered || offset >= block.end()) {
            throw new IllegalArgumentException("offset " + offset + " is not covered");
        }
        hashes.add(UserHash.of(user));
    }

    /** Notes the leader epoch of a record of the block, of any user; the last one noted counts. */
    public void wroteIn(int epoch) {
        leaderEpoch = epoch;
    }

    /** Builds the record. */
    public BlockFilter build() {
        return BlockFilter.make(
                block, new BlockFilter.Cover(firstCovered, leaderEpoch), Ribbon.make(hashes.inBlock(block.start())));
    }

    /** A set of hashes with open addressing; 0 is kept separately. It holds at most as many as a block has offsets. */
    private static final class Hashes {
        private static final int SMALLEST = 16;

        private long[] slots = new long[SMALLEST];
        private int size;
        private boolean zero;

        void add(long hash) {
            if (hash == 0) {
                zero = true;
                return;
            }
            if (put(slots, hash) && ++size * 2 > slots.length) {
                grow();
            }
        }

        private static boolean put(long[] into, long hash) {
            int slot = (int) hash & (into.length - 1);
            while (into[slot] != 0) {
                if (into[slot] == hash) {
                    return false;
                }
                slot = (slot + 1) & (into.length - 1);
            }
            into[slot] = hash;
            return true;
        }

        private void grow() {
            long[] larger = new long[slots.length * 2];
            for (long hash : slots) {
                if (hash != 0) {
                    put(larger, hash);
                }
            }
            slots = larger;
        }

        /** The hashes mixed with the block's start, in ascending order. */
        long[] inBlock(long blockStart) {
            long[] mixed = new long[size + (zero ? 1 : 0)];
            int next = 0;
            if (zero) {
                mixed[next++] = UserHash.at(blockStart, 0);
            }
            for (long hash : slots) {
                if (hash != 0) {
                    mixed[next++] = UserHash.at(blockStart, hash);
                }
            }
            Arrays.sort(mixed);
            return mixed;
        }
    }
}
