package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * The first use of a reader and its index, for nobody: connections are made, metadata is fetched, and the newest
 * records of the log are read and put into their wire form until that is compiled code, all before the first client
 * needs it. Run by the thread that owns reader and index.
 *
 * @param partition the one with the most records
 * @param extent what it holds
 * @param nanoTime a monotonic clock in ns
 */
record WarmUp(int partition, EventLog.Extent extent, LongSupplier nanoTime) {
    private static final Duration WAIT = Duration.ofMillis(100);
    private static final UserKey NOBODY = UserKey.of("warm-up");

    /** How many records are read at most: some are compiled after 10,000 uses. */
    private static final int RECORDS = 20_000;

    /** How long is read at most. */
    private static final long NANOS = Duration.ofSeconds(1).toNanos();

    /** A warm-up by what the log holds now; by nothing if Kafka cannot say. */
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

    /** Reads. */
    void run(LogReader reader, BlockIndex index) {
        index.next(partition, List.of(NOBODY), extent.start(), extent.end());
        long until = nanoTime.getAsLong() + NANOS;
        long next = Math.max(extent.start(), extent.end() - RECORDS);
        reader.seek(partition, next);
        do {
            for (LogReader.PartitionFetch fetched :
                    reader.poll(WAIT, LogReader.Wanted.ALL).partitions()) {
                // One that cannot be read, for whatever reason, is told to the session that comes to it.
                fetched.records().forEach(LogRecord::itemIfValid);
                next = fetched.next().offset();
            }
        } while (next < extent.end() && nanoTime.getAsLong() < until);
        reader.drop(partition);
    }
}
