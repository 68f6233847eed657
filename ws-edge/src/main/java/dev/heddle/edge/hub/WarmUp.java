package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;
import java.time.Duration;
import java.util.List;

/**
 * The first use of a reader and its index, for nobody: connections are made and metadata is fetched before the first client needs
 * them. Run by the thread that owns the two.
 */
final class WarmUp {
    private static final Duration WAIT = Duration.ofMillis(100);
    private static final int PARTITION = 0;
    private static final UserKey NOBODY = UserKey.of("warm-up");

    private WarmUp() {}

    /** Reads nothing at the end of a partition, and what the index has of it. */
    static void connect(LogReader reader, BlockIndex index, EventLog.Extent extent) {
        reader.seek(PARTITION, extent.end());
        reader.poll(WAIT);
        reader.drop(PARTITION);
        index.next(PARTITION, List.of(NOBODY), extent.start(), extent.end());
    }

    /** What the partition holds that is read for warmth; empty if Kafka cannot say. */
    static EventLog.Extent ask(EventLog log) {
        return log.extent(PARTITION)
                .exceptionally(away -> new EventLog.Extent(0, 0, -1))
                .toCompletableFuture()
                .join();
    }
}
