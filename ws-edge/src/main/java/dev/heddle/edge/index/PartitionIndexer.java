package dev.heddle.edge.index;

import dev.heddle.event.Generation;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.index.Block;
import dev.heddle.event.index.BlockFilter;
import dev.heddle.event.index.BlockFilterBuilder;
import dev.heddle.topic.EventRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The indexer of one partition, which makes the filter of each block from the partition's records. A block is complete
 * when the reader's position lies behind it, also if its last offsets have no record. Owned by the builder's thread.
 */
final class PartitionIndexer {
    private final List<BlockFilter> complete = new ArrayList<>();
    private final Generation generation;
    private final int partition;
    private BlockFilterBuilder building;

    /** An indexer that begins at an offset, at a block's start or in its middle. */
    PartitionIndexer(Generation generation, int partition, long offset) {
        this.generation = generation;
        this.partition = partition;
        building = new BlockFilterBuilder(Block.of(generation, partition, offset), offset);
    }

    /** Takes the next record. It is ignored if its key is no user key, and indexed if it is in the wrong partition. */
    void take(ConsumerRecord<byte[], ?> record) {
        reach(record.offset());
        record.leaderEpoch().ifPresent(building::wroteIn);
        try {
            building.add(record.offset(), EventRecords.user(record));
        } catch (InvalidEventException e) {
            return;
        }
    }

    /** Leaves records before an offset, which could not be read, out of the index: every reader looks at them. */
    void hole(long position) {
        building = new BlockFilterBuilder(Block.of(generation, partition, position), position);
    }

    /** Completes the blocks that end at or before an offset. */
    void reach(long position) {
        while (position >= building.block().end()) {
            complete.add(building.build());
            Block following = building.block().following();
            building = new BlockFilterBuilder(following, following.start());
        }
    }

    /** The blocks completed since the last call, in order. */
    List<BlockFilter> takeComplete() {
        List<BlockFilter> taken = List.copyOf(complete);
        complete.clear();
        return taken;
    }

    /** The leader epoch of a block's end; empty if unknown. */
    static Optional<Integer> epochOf(BlockFilter filter) {
        int epoch = filter.cover().leaderEpoch();
        return epoch < 0 ? Optional.empty() : Optional.of(epoch);
    }
}
