package dev.heddle.edge.hub;

import dev.heddle.event.Partitioning;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reader of the newest records of all partitions with subscribers: it polls, appends to the windows, and wakes
 * subscribers.
 *
 * <p>One thread calls {@link #step} again and again and owns everything here; {@link #request} and
 * {@link #reportExtent} are for any thread. A step appends the records of one poll, publishes each window's end, and
 * then gives one task to each event loop with a subscriber of theirs. It never waits for a subscriber, and catch-up
 * never uses its reader.
 */
final class Tail implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Tail.class);
    private static final int EVICTION_RUN = 64;

    /** The tail always goes back by one part in this many of {@link HubConfig#joinRecords()}. */
    private static final int JOIN_MARGIN = 16;

    private final LogReader reader;
    private final IntConsumer logChanged;
    private final HubConfig config;
    private final HubObserver observer;
    private final LongSupplier nanoTime;
    private final List<HubPartition> partitions;
    private final ByteBudget windowBytes;

    private final ConcurrentLinkedQueue<Request> requests = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<ExtentReport> reports = new ConcurrentLinkedQueue<>();
    private final BitSet tailed = new BitSet();
    private final long[] emptySince;
    private final long[] nextSequence;
    private final ArrayList<RecordChain> grown = new ArrayList<>();
    private final WakeUpBatch wakeUps = new WakeUpBatch();
    private long batch;

    /** A subscriber's request to read a partition, with the extent of its log at connect. */
    private record Request(HubPartition partition, EventLog.Extent extent) {}

    /**
     * The extent of a partition by now.
     *
     * @param maxLag distance from the end, in offsets, beyond which the tail goes on from the end
     */
    private record ExtentReport(int partition, EventLog.Extent extent, long maxLag) {}

    /**
     * A tail without partitions.
     *
     * @param partitions by number
     * @param windowBytes budget of all windows
     * @param logChanged called with a partition whose log was replaced or truncated, before its subscribers are ended
     */
    Tail(
            LogReader reader,
            List<HubPartition> partitions,
            ByteBudget windowBytes,
            IntConsumer logChanged,
            HubEnvironment environment) {
        this.reader = reader;
        this.logChanged = logChanged;
        this.partitions = partitions;
        this.windowBytes = windowBytes;
        this.config = environment.config();
        this.observer = environment.observer();
        this.nanoTime = environment.nanoTime();
        this.emptySince = new long[partitions.size()];
        this.nextSequence = new long[partitions.size()];
        Arrays.fill(nextSequence, RecordChain.NONE + 1);
    }

    /** Asks the tail to read a partition. Any thread; after the subscriber has attached to it. */
    void request(HubPartition partition, EventLog.Extent extent) {
        requests.add(new Request(partition, extent));
        reader.wakeup();
    }

    /**
     * Reports the extent of a partition by now. A tail that is further behind its end than {@code maxLag} offsets goes
     * on from the end, and the subscribers of that partition catch up. Any thread.
     */
    void reportExtent(int partition, EventLog.Extent extent, long maxLag) {
        reports.add(new ExtentReport(partition, extent, maxLag));
    }

    /** One round; waits for records at most this long. */
    void step(Duration wait) {
        beginRequested();
        for (ExtentReport report = reports.poll(); report != null; report = reports.poll()) {
            limitLag(report);
        }
        LogReader.Fetch fetch = reader.poll(wait, LogReader.Wanted.ALL);
        batch++;
        for (LogReader.PartitionFetch fetched : fetch.partitions()) {
            append(fetched);
        }
        VarHandle.fullFence(); // the ends are published: a subscriber that attaches from here on reads them
        wake(fetch);
        for (LogReader.Lost lost : fetch.lost()) {
            lose(lost.partition());
        }
        evict();
        release();
    }

    private void beginRequested() {
        Request request = requests.poll();
        while (request != null) {
            if (!tailed.get(request.partition().partition())) {
                begin(request.partition(), request.extent());
            }
            request = requests.poll();
        }
    }

    private void begin(HubPartition partition, EventLog.Extent extent) {
        // A margin before the lowest offset near the end: after a failover other subscribers attach in the next moments
        // with slightly lower offsets, and each of them would have to catch up.
        long margin = config.joinRecords() / JOIN_MARGIN;
        long offset = Math.max(extent.start(), Math.min(extent.end(), partition.takeLowestOffset()) - margin);
        int number = partition.partition();
        reader.seek(number, offset);
        tailed.set(number);
        emptySince[number] = 0;
        openWindow(partition, offset);
    }

    private void openWindow(HubPartition partition, long offset) {
        Window.Mark start = new Window.Mark(nextSequence[partition.partition()], offset, -1);
        partition.window(new Window(start, windowBytes, partition::forgetIfIdle));
        partition.forEachSubscriber(wakeUps::add);
        wakeUps.send();
    }

    private void limitLag(ExtentReport report) {
        int number = report.partition();
        HubPartition partition = partitions.get(number);
        Window behind = partition.window();
        if (behind == null) {
            return;
        }
        long end = report.extent().end();
        if (end - behind.end().offset() <= report.maxLag()) {
            reader.expect(number, end);
            return;
        }
        log.atWarn()
                .addKeyValue("partition", number)
                .addKeyValue("offset", behind.end().offset())
                .addKeyValue("end", end)
                .log("The tail is hopelessly behind in a partition and goes on from its end");
        behind.evict(Integer.MAX_VALUE);
        reader.seek(number, end);
        openWindow(partition, end);
    }

    private void append(LogReader.PartitionFetch fetched) {
        HubPartition partition = partitions.get(fetched.partition());
        Window window = partition.window();
        if (window == null) {
            return; // dropped while the poll was under way
        }
        long bytes = 0;
        for (LogRecord record : fetched.records()) {
            RecordChain chain = partition.chainOf(record.user());
            if (chain.first() == RecordChain.NONE && isMisplaced(record, fetched.partition())) {
                observer.misplaced(fetched.partition(), record.offset());
                partition.forgetIfIdle(chain);
                continue;
            }
            window.append(record, chain);
            if (windowBytes.isNearlyFull()) {
                evict();
            }
            bytes += record.logBytes();
            if (chain.joinBatch(batch)) {
                grown.add(chain);
            }
        }
        window.publish(fetched.next().offset(), fetched.next().leaderEpoch());
        nextSequence[fetched.partition()] = window.end().sequence();
        observer.tailed(fetched.partition(), fetched.records().size(), bytes);
    }

    private boolean isMisplaced(LogRecord record, int partition) {
        return Partitioning.partitionOf(record.user(), partitions.size()) != partition;
    }

    private void wake(LogReader.Fetch fetch) {
        for (RecordChain chain : grown) {
            for (Subscriber subscriber : chain.subscribers()) {
                wakeUps.add(subscriber);
            }
        }
        grown.clear();
        for (LogReader.PartitionFetch fetched : fetch.partitions()) {
            partitions.get(fetched.partition()).waiting().forEach(wakeUps::add);
        }
        wakeUps.send();
    }

    /** Ends the subscribers of a partition whose log was replaced or truncated: their clients resume by cursor. */
    private void lose(int number) {
        HubPartition partition = partitions.get(number);
        logChanged.accept(number);
        stop(partition);
        partition.forEachSubscriber(
                subscriber -> subscriber.loop().execute(() -> subscriber.end(EndReason.LOG_CHANGED)));
    }

    /** Drops the oldest records of all windows until they fit the budget: every window covers about the same time. */
    private void evict() {
        while (windowBytes.isNearlyFull()) {
            Window oldest = null;
            long oldestTimestamp = Long.MAX_VALUE;
            for (int number = tailed.nextSetBit(0); number >= 0; number = tailed.nextSetBit(number + 1)) {
                Window window = partitions.get(number).window();
                if (window != null && !window.isEmpty() && window.oldestTimestamp() < oldestTimestamp) {
                    oldest = window;
                    oldestTimestamp = window.oldestTimestamp();
                }
            }
            if (oldest == null) {
                return;
            }
            oldest.evict(EVICTION_RUN);
        }
    }

    /** Forgets idle users, and drops partitions that have had no subscriber for {@link HubConfig#linger()}. */
    private void release() {
        for (HubPartition partition : partitions) {
            partition.forgetIdle();
        }
        for (int number = tailed.nextSetBit(0); number >= 0; number = tailed.nextSetBit(number + 1)) {
            HubPartition partition = partitions.get(number);
            if (partition.subscribers() > 0) {
                emptySince[number] = 0;
            } else if (emptySince[number] == 0) {
                emptySince[number] = nanoTime.getAsLong() | 1;
            } else if (nanoTime.getAsLong() - emptySince[number]
                    > config.linger().toNanos()) {
                stop(partition);
            }
        }
    }

    private void stop(HubPartition partition) {
        int number = partition.partition();
        reader.drop(number);
        tailed.clear(number);
        Window window = partition.window();
        partition.window(null);
        if (window != null) {
            window.evict(Integer.MAX_VALUE);
        }
        // A subscriber that attached meanwhile finds no window now or at its next step, and requests the partition
        // again.
        partition.forEachSubscriber(subscriber -> subscriber.loop().execute(subscriber::advance));
    }

    @Override
    public void close() {
        reader.close();
    }
}
