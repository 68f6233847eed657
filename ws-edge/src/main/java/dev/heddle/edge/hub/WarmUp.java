package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * The first use of a reader and its index, before the first client needs them: it makes connections, fetches metadata,
 * and reads the newest records of the log into their wire form until that is compiled code. Run by the thread that owns
 * reader and index.
 *
 * @param partition partition with the most records
 * @param extent start and end of that partition
 * @param nanoTime monotonic clock in ns
 */
record WarmUp(int partition, EventLog.Extent extent, LongSupplier nanoTime) {
    private static final Duration WAIT = Duration.ofMillis(100);
    private static final UserKey NOBODY = UserKey.of("warm-up");

    /** The most records read: some code is compiled after 10,000 uses. */
    private static final int RECORDS = 20_000;

    /** The longest time of reading. */
    private static final long NANOS = Duration.ofSeconds(1).toNanos();

    /** A warm-up with the log's newest records; with none if Kafka is away. */
    static WarmUp of(EventLog log, HubEnvironment environment) {
        WarmUp most = new WarmUp(0, new EventLog.Extent(0, 0, -1), environment.nanoTime());
        List<CompletableFuture<WarmUp>> all = IntStream.range(
                        0, log.generation().partitions())
                .mapToObj(partition -> log.extent(partition)
                        .thenApply(extent -> new WarmUp(partition, extent, environment.nanoTime()))
                        .exceptionally(away -> most)
                        .toCompletableFuture())
                .toList();
        return all.stream().map(CompletableFuture::join).reduce(most, WarmUp::larger);
    }

    private WarmUp larger(WarmUp other) {
        return other.records() > records() ? other : this;
    }

    private long records() {
        return extent.end() - extent.start();
    }

    /** Reads, and waits for it. */
    void run(LogReader reader, BlockIndex index) {
        index.next(partition, List.of(NOBODY), extent.start(), extent.end());
        long until = nanoTime.getAsLong() + NANOS;
        long next = Math.max(extent.start(), extent.end() - RECORDS);
        reader.seek(partition, next);
        do {
            for (LogReader.PartitionFetch fetched :
                    reader.poll(WAIT, LogReader.Wanted.ALL).partitions()) {
                // A record that cannot be decoded is counted when a session comes to it.
                fetched.records().forEach(LogRecord::itemIfValid);
                next = fetched.next().offset();
            }
        } while (next < extent.end() && nanoTime.getAsLong() < until);
        reader.drop(partition);
    }
}
