package dev.heddle.replay.verify;

import dev.heddle.event.index.BlockFilter;
import dev.heddle.event.index.StandingBlocks;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The index records of one partition, all of them in memory. For one thread. */
final class PartitionIndex {
    private final StandingBlocks blocks = new StandingBlocks();
    private final List<BlockFilter> records = new ArrayList<>();

    /** Adds the next record of the index. */
    void add(BlockFilter record) {
        blocks.add(record);
        records.add(record);
    }

    /** The valid index record of the block that starts here; null if there is none. */
    @Nullable
    BlockFilter at(long blockStart) {
        int record = blocks.at(blockStart);
        return record < 0 ? null : records.get(record);
    }
}
