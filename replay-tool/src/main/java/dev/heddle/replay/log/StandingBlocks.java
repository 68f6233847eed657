package dev.heddle.replay.log;

import dev.heddle.event.index.BlockFilter;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The index records of one partition that stand, of those that were read from its beginning to its end in order:
 *
 * <ul>
 *   <li>the later record of a block stands for it;
 *   <li>a rewind takes back all that was indexed before it from its block on;
 *   <li>leader epochs only grow along a log: a record with a lower epoch than that of a block before it was made from a
 *       log that was cut since.
 * </ul>
 *
 * <p>Keeps of each only what it is asked to keep. For one thread.
 */
public final class StandingBlocks<T> {
    private final NavigableMap<Long, Standing<T>> byStart = new TreeMap<>();
    private final Function<BlockFilter, T> kept;

    private record Standing<T>(int epoch, T kept) {}

    /** @param kept what is kept of a record */
    public StandingBlocks(Function<BlockFilter, T> kept) {
        this.kept = kept;
    }

    /** Takes the next record of the index. */
    public void take(BlockFilter filter) {
        long start = filter.block().start();
        if (filter.isRewind()) {
            byStart.tailMap(start, true).clear();
            return;
        }
        int epoch = filter.cover().leaderEpoch();
        Map.Entry<Long, Standing<T>> before = byStart.floorEntry(start);
        if (before != null && before.getValue().epoch() > epoch) {
            return; // of a log that was cut
        }
        Map.Entry<Long, Standing<T>> behind = byStart.higherEntry(start);
        while (behind != null && behind.getValue().epoch() < epoch) {
            byStart.remove(behind.getKey());
            behind = byStart.higherEntry(start);
        }
        byStart.put(start, new Standing<>(epoch, kept.apply(filter)));
    }

    /** What was kept of the record that stands for the block that starts here; null if there is none. */
    public @Nullable T at(long blockStart) {
        Standing<T> standing = byStart.get(blockStart);
        return standing == null ? null : standing.kept();
    }

    /** How many blocks have a record that stands. */
    public int size() {
        return byStart.size();
    }
}
