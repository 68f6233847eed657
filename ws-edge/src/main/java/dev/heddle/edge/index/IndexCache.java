package dev.heddle.edge.index;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.heddle.event.index.BlockFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of the index that an edge holds in memory: the directory of each partition, and the most recently used
 * filters. A quarter of the budget is for the directories. Thread-safe.
 */
final class IndexCache {
    /** The cost of a filter beside its value, in bytes: the object, its block, the entry here. */
    private static final int OVERHEAD_BYTES = 250;

    private static final int DIRECTORIES_SHARE = 4;

    private final List<BlockDirectory> directories;
    private final Cache<Place, BlockFilter> filters;
    private final IndexReaderCounts counts = new IndexReaderCounts();

    private record Place(int partition, long offset) {}

    IndexCache(long bytes, int partitions) {
        long forDirectories = bytes / DIRECTORIES_SHARE;
        this.filters = Caffeine.newBuilder()
                .maximumWeight(bytes - forDirectories)
                .weigher((Place place, BlockFilter filter) -> bytesOf(filter))
                .executor(Runnable::run)
                .build();
        int capacity = BlockDirectory.capacityOf(forDirectories / partitions);
        this.directories = new ArrayList<>(partitions);
        for (int partition = 0; partition < partitions; partition++) {
            directories.add(new BlockDirectory(capacity));
        }
    }

    BlockDirectory directory(int partition) {
        return directories.get(partition);
    }

    IndexReaderCounts counts() {
        return counts;
    }

    /** The filter at a place of the index, if it is held. */
    @Nullable
    BlockFilter get(int partition, long offset) {
        return filters.getIfPresent(new Place(partition, offset));
    }

    /** Adds the index records of a slice. */
    void put(int partition, IndexSlice read) {
        for (int i = 0; i < read.size(); i++) {
            BlockFilter filter = read.filter(i);
            if (!filter.isRewind()) {
                filters.put(new Place(partition, read.place(i)), filter);
            }
        }
    }

    private static int bytesOf(BlockFilter filter) {
        return filter.value().length + OVERHEAD_BYTES;
    }

    /** The bytes of the filters held. */
    long heldBytes() {
        filters.cleanUp();
        return filters.policy()
                .eviction()
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(0L);
    }
}
