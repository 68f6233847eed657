package dev.heddle.edge.log;

import dev.heddle.event.index.BlockFilter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an edge holds of the index: the directory of each partition, and filters, the least recently used of which go
 * first. A quarter of the budget is set aside for the directories. Thread-safe.
 */
final class IndexCache {
    /** What a filter costs beside its value: itself, its block, the entry here. */
    private static final int OVERHEAD_BYTES = 250;

    private static final int DIRECTORIES_SHARE = 4;

    private final long filterBytes;
    private final List<BlockDirectory> directories;
    private final LinkedHashMap<Place, BlockFilter> filters = new LinkedHashMap<>(64, 0.75f, true);
    private final IndexReadings readings = new IndexReadings();
    private long held;

    private record Place(int partition, long offset) {}

    IndexCache(long bytes, int partitions) {
        long forDirectories = bytes / DIRECTORIES_SHARE;
        this.filterBytes = bytes - forDirectories;
        int capacity = BlockDirectory.capacityOf(forDirectories / partitions);
        this.directories = new ArrayList<>(partitions);
        for (int partition = 0; partition < partitions; partition++) {
            directories.add(new BlockDirectory(capacity));
        }
    }

    BlockDirectory directory(int partition) {
        return directories.get(partition);
    }

    IndexReadings readings() {
        return readings;
    }

    /** The filter at a place of the index, if it is held. */
    synchronized @Nullable BlockFilter get(int partition, long offset) {
        return filters.get(new Place(partition, offset));
    }

    /** Takes in what was read. */
    synchronized void put(int partition, IndexStretch read) {
        for (int i = 0; i < read.size(); i++) {
            BlockFilter filter = read.filter(i);
            if (!filter.isRewind() && filters.put(new Place(partition, read.place(i)), filter) == null) {
                held += bytesOf(filter);
            }
        }
        Iterator<Map.Entry<Place, BlockFilter>> eldest = filters.entrySet().iterator();
        while (held > filterBytes && eldest.hasNext()) {
            held -= bytesOf(eldest.next().getValue());
            eldest.remove();
        }
    }

    private static int bytesOf(BlockFilter filter) {
        return filter.value().length + OVERHEAD_BYTES;
    }

    /** The bytes of the filters held. */
    synchronized long heldBytes() {
        return held;
    }
}
