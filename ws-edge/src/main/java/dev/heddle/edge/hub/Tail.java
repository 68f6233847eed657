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
 * The reader of the newest records of the partitions in demand: polls, appends to the windows, wakes sessions.
 *
 * <p>One thread calls {@link #step} again and again and owns everything here, but for {@link #demand}, which any thread
 * may call. A step takes in what one poll brought, publishes each window's end, and then makes one hop to each event
 * loop that has a session concerned. It never waits for a session, and catch-up never uses its reader.
 */
final class Tail implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Tail.class);
    private static final int EVICTION_RUN = 64;

    /** What part of the records that a tail may go back for it goes back in any case. */
    private static final int JOIN_MARGIN = 16;

    private final LogReader reader;
    private final IntConsumer changed;
    private final HubConfig config;
    private final HubObserver observer;
    private final LongSupplier nanoTime;
    private final List<PartitionInDemand> partitions;
    private final ByteBudget windowBytes;

    private final ConcurrentLinkedQueue<Demand> demands = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();
    private final BitSet tailed = new BitSet();
    private final long[] emptySince;
    private final long[] nextSequence;
    private final ArrayList<Strand> touched = new ArrayList<>();
    private final Wakes wakes = new Wakes();
    private long batch;

    /** That a partition is wanted, by someone who knows the log's start and end there. */
    private record Demand(PartitionInDemand partition, EventLog.Extent extent) {}

    /**
     * What a partition holds now.
     *
     * @param hopelessLag how many offsets behind it the tail may be; further back, it goes on from the end
     */
    private record Seen(PartitionInDemand partition, EventLog.Extent extent, long hopelessLag) {}

    /**
     * A tail that reads nothing yet.
     *
     * @param changed told of a partition whose log is no longer what it was, before its sessions are
     */
    Tail(LogReader reader, Partitions partitions, IntConsumer changed, HubEnvironment environment) {
        this.reader = reader;
        this.changed = changed;
        this.partitions = partitions.all();
        this.windowBytes = partitions.windowBytes();
        this.config = environment.config();
        this.observer = environment.observer();
        this.nanoTime = environment.nanoTime();
        this.emptySince = new long[partitions.all().size()];
        this.nextSequence = new long[partitions.all().size()];
        Arrays.fill(nextSequence, Strand.NONE + 1);
    }

    /** Asks for a partition to be tailed. Any thread; after the session that wants it has attached. */
    void demand(PartitionInDemand partition, EventLog.Extent extent) {
        demands.add(new Demand(partition, extent));
        reader.wakeup();
    }

    /**
     * Tells what a partition holds by now. A tail that is further behind than {@code hopelessLag} goes on from there,
     * and the sessions of that partition, and of no other, catch up with what lies before. Any thread.
     */
    void seen(PartitionInDemand partition, EventLog.Extent extent, long hopelessLag) {
        seen.add(new Seen(partition, extent, hopelessLag));
    }

    /** One round; waits for records at most this long. */
    void step(Duration wait) {
        meetDemands();
        for (Seen told = seen.poll(); told != null; told = seen.poll()) {
            compare(told);
        }
        LogReader.Fetch fetch = reader.poll(wait, LogReader.Wanted.ALL);
        batch++;
        for (LogReader.PartitionFetch fetched : fetch.partitions()) {
            take(fetched);
        }
        VarHandle.fullFence(); // the ends are out; whoever attaches after this has read them
        wake(fetch);
        for (LogReader.Lost lost : fetch.lost()) {
            lose(lost.partition());
        }
        evict();
        release();
    }

    private void meetDemands() {
        Demand demand = demands.poll();
        while (demand != null) {
            if (!tailed.get(demand.partition().partition())) {
                begin(demand.partition(), demand.extent());
            }
            demand = demands.poll();
        }
    }

    private void begin(PartitionInDemand partition, EventLog.Extent extent) {
        // A little before the first who waits near the end: after a failover others come in the next moments who wait a
        // little lower, and each would be a catch-up. Who is far back catches up anyway.
        long margin = config.joinRecords() / JOIN_MARGIN;
        long offset = Math.max(extent.start(), Math.min(extent.end(), partition.takeLowestOffset()) - margin);
        int number = partition.partition();
        reader.seek(number, offset);
        tailed.set(number);
        emptySince[number] = 0;
        Window.Mark start = new Window.Mark(nextSequence[number], offset, -1);
        partition.window(new Window(start, windowBytes, partition::forgetIfIdle));
        partition.forEachSession(wakes::add);
        wakes.send();
    }

    private void compare(Seen told) {
        int number = told.partition().partition();
        Window behind = told.partition().window();
        if (behind == null) {
            return;
        }
        long end = told.extent().end();
        if (end - behind.end().offset() <= told.hopelessLag()) {
            reader.expect(number, end);
            return;
        }
        LOG.atWarn()
                .addKeyValue("partition", number)
                .addKeyValue("offset", behind.end().offset())
                .addKeyValue("end", end)
                .log("The tail is hopelessly behind in a partition and goes on from its end");
        behind.evict(Integer.MAX_VALUE);
        reader.seek(number, end);
        Window.Mark start = new Window.Mark(nextSequence[number], end, -1);
        told.partition().window(new Window(start, windowBytes, told.partition()::forgetIfIdle));
        told.partition().forEachSession(wakes::add);
        wakes.send();
    }

    private void take(LogReader.PartitionFetch fetched) {
        PartitionInDemand partition = partitions.get(fetched.partition());
        Window window = partition.window();
        if (window == null) {
            return; // dropped, with records still on their way
        }
        long bytes = 0;
        for (LogRecord record : fetched.records()) {
            Strand strand = partition.strandOf(record.user());
            if (strand.first() == Strand.NONE && isMisplaced(record, fetched.partition())) {
                observer.misplaced(fetched.partition(), record.offset());
                partition.forgetIfIdle(strand);
                continue;
            }
            window.append(record, strand);
            if (windowBytes.isNearlyFull()) {
                evict();
            }
            bytes += record.logBytes();
            if (strand.isNewIn(batch)) {
                touched.add(strand);
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
        for (Strand strand : touched) {
            for (Session session : strand.sessions()) {
                wakes.add(session);
            }
        }
        touched.clear();
        for (LogReader.PartitionFetch fetched : fetch.partitions()) {
            partitions.get(fetched.partition()).waiting().forEach(wakes::add);
        }
        wakes.send();
    }

    /** The log is no longer what it was: its sessions begin anew, and their cursors decide how. */
    private void lose(int number) {
        PartitionInDemand partition = partitions.get(number);
        changed.accept(number);
        stop(partition);
        partition.forEachSession(session -> session.loop().execute(() -> session.end(Ending.LOG_CHANGED)));
    }

    /** Drops the oldest records of all windows until they fit: every window covers about the same time. */
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

    /** Forgets users who have gone, and partitions that nobody has wanted for a while. */
    private void release() {
        for (PartitionInDemand partition : partitions) {
            partition.forgetLeft();
        }
        for (int number = tailed.nextSetBit(0); number >= 0; number = tailed.nextSetBit(number + 1)) {
            PartitionInDemand partition = partitions.get(number);
            if (partition.sessions() > 0) {
                emptySince[number] = 0;
            } else if (emptySince[number] == 0) {
                emptySince[number] = nanoTime.getAsLong() | 1;
            } else if (nanoTime.getAsLong() - emptySince[number]
                    > config.linger().toNanos()) {
                stop(partition);
            }
        }
    }

    private void stop(PartitionInDemand partition) {
        int number = partition.partition();
        reader.drop(number);
        tailed.clear(number);
        Window window = partition.window();
        partition.window(null);
        if (window != null) {
            window.evict(Integer.MAX_VALUE);
        }
        // A session that attached meanwhile has seen no window, or sees none at its next step, and demands again.
        partition.forEachSession(session -> session.loop().execute(session::advance));
    }

    @Override
    public void close() {
        reader.close();
    }
}
