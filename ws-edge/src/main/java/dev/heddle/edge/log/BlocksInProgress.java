package dev.heddle.edge.log;

import dev.heddle.event.Generation;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import dev.heddle.event.index.Block;
import dev.heddle.event.index.BlockFilter;
import dev.heddle.event.index.BlockFilterBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The block of one partition that the index builder is at. A block is complete when the reader's position lies behind
 * it, whether or not its last offsets have records. Owned by the builder's thread.
 */
final class BlocksInProgress {
    private final List<BlockFilter> complete = new ArrayList<>();
    private final Generation generation;
    private final int partition;
    private BlockFilterBuilder building;

    /** Begins at an offset, at a block's start or in its middle. */
    BlocksInProgress(Generation generation, int partition, long offset) {
        this.generation = generation;
        this.partition = partition;
        building = new BlockFilterBuilder(Block.of(generation, partition, offset), offset);
    }

    /**
     * Takes the next record. One whose key is no user key is nobody's; one in the wrong partition is indexed where it
     * is.
     */
    void take(ConsumerRecord<byte[], ?> record) {
        reach(record.offset());
        record.leaderEpoch().ifPresent(building::wroteIn);
        UserKey user = userOf(record.key());
        if (user != null) {
            building.add(record.offset(), user);
        }
    }

    private static @Nullable UserKey userOf(byte @Nullable [] key) {
        if (key == null) {
            return null;
        }
        try {
            return UserKey.fromUtf8(key);
        } catch (InvalidEventException e) {
            return null;
        }
    }

    /**
     * What lies before this offset could not be read. Nothing is said of it, so that it is looked at again by a reader
     * for whom it may be whole.
     */
    void hole(long position) {
        building = new BlockFilterBuilder(Block.of(generation, partition, position), position);
    }

    /** Everything before this offset has been taken. */
    void reach(long position) {
        while (position >= building.block().end()) {
            complete.add(building.build());
            Block following = building.block().following();
            building = new BlockFilterBuilder(following, following.start());
        }
    }

    /** The blocks that have become complete since the last call, in order. */
    List<BlockFilter> takeComplete() {
        List<BlockFilter> taken = List.copyOf(complete);
        complete.clear();
        return taken;
    }

    /** The epoch that belongs to a block's end as a position. */
    static Optional<Integer> epochOf(BlockFilter filter) {
        int epoch = filter.cover().leaderEpoch();
        return epoch < 0 ? Optional.empty() : Optional.of(epoch);
    }
}
