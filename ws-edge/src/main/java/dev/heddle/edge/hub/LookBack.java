package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes through partitions backwards, for what is found from the newest record on: the last N events, the runs before a
 * cursor. Those who ask for the same partition while it is busy share the next walk; blocks that hold none of their
 * users are skipped by the index.
 *
 * <p>One thread calls {@link #step}; {@link #request} may be called by any. A walk reads at most
 * {@link HubConfig#lookBackRecords()} records and then gives what it has, and says so.
 */
final class LookBack implements AutoCloseable {
    /** A stretch holds at most this part of what catch-up may hold. */
    private static final int STRETCH_SHARE = 4;

    /**
     * How long a walk reads nothing before it gives what it has: its leader is away, or the log is shorter than it was.
     */
    private static final long PATIENCE_NANOS = 3_000_000_000L;

    private static final Logger LOG = LoggerFactory.getLogger(LookBack.class);

    private final LogReader reader;
    private final BlockIndex index;
    private final HubEnvironment environment;
    private final Runnable asked;
    private final int stretchRecords;
    private final long stretchBytes;
    private final ConcurrentLinkedQueue<Asked> incoming = new ConcurrentLinkedQueue<>();
    private final Map<Integer, List<Asked>> waiting = new HashMap<>();
    private final Deque<Integer> turns = new ArrayDeque<>();
    private @Nullable Walk walk;
    private volatile boolean closed;

    /**
     * The offsets to look through.
     *
     * @param start the earliest kept one
     * @param before everything before this one
     */
    record Range(long start, long before) {}

    private record Asked(int partition, Range range, LookBackRequest request) {}

    /**
     * A look-back for which nobody has asked yet.
     *
     * @param asked run after each request, on the thread that made it
     */
    LookBack(LogReader reader, BlockIndex index, Runnable asked, HubEnvironment environment) {
        this.reader = reader;
        this.asked = asked;
        this.stretchRecords = environment.config().blockRecords();
        this.stretchBytes = environment.config().catchUpBytes() / STRETCH_SHARE;
        this.index = index;
        this.environment = environment;
    }

    /** Asks for a walk through a partition. Any thread. */
    void request(int partition, Range range, LookBackRequest request) {
        incoming.add(new Asked(partition, range, request));
        if (closed) {
            failIncoming();
            return;
        }
        reader.wakeup();
        asked.run();
    }

    /** Ends those who have asked and will get no answer. Any thread once this is closed. */
    private void failIncoming() {
        for (Asked asked = incoming.poll(); asked != null; asked = incoming.poll()) {
            asked.request().fail(new IllegalStateException("look-back has ended"));
        }
    }

    /** Makes its connections and its code warm, before anybody needs them. */
    void warmUp(WarmUp warmUp) {
        warmUp.run(reader, index);
    }

    /** One round. False if nobody waits. */
    boolean step(Duration wait) {
        for (Asked asked = incoming.poll(); asked != null; asked = incoming.poll()) {
            List<Asked> ofPartition = waiting.get(asked.partition());
            if (ofPartition == null) {
                ofPartition = new ArrayList<>();
                waiting.put(asked.partition(), ofPartition);
                turns.add(asked.partition());
            }
            ofPartition.add(asked);
        }
        Walk now = walk;
        if (now == null) {
            now = nextWalk();
            if (now == null) {
                return false;
            }
            walk = now;
            now.begin();
        } else {
            now.read(reader.poll(wait, now::wanted));
        }
        if (now.isOver()) {
            reader.drop(now.partition);
            walk = null;
        }
        return true;
    }

    private @Nullable Walk nextWalk() {
        Integer partition = turns.poll();
        return partition == null ? null : new Walk(partition, waiting.remove(partition));
    }

    @Override
    public void close() {
        closed = true;
        failIncoming();
        IllegalStateException ended = new IllegalStateException("look-back has ended");
        waiting.values().forEach(all -> all.forEach(asked -> asked.request().fail(ended)));
        waiting.clear();
        Walk now = walk;
        if (now != null) {
            now.asking.forEach(asked -> asked.request().fail(ended));
            now.asking.clear();
        }
        index.close();
        reader.close();
    }

    /** One way back through a partition, for all who asked for it meanwhile. */
    private final class Walk {
        private final int partition;
        private final List<Asked> asking;
        private final ArrayDeque<LogRecord> stretch = new ArrayDeque<>();
        private long heldBytes;
        private long mostOffsets = stretchRecords;
        private boolean hasShed;
        private long lastProgress = now();
        private long floor;
        private long top;
        private long stretchFrom;
        private long position;
        private int records;

        Walk(int partition, @Nullable List<Asked> asking) {
            this.partition = partition;
            this.asking = asking == null ? new ArrayList<>() : asking;
        }

        boolean isOver() {
            return asking.isEmpty();
        }

        void begin() {
            for (Asked asked : asking) {
                top = Math.max(top, asked.range().before());
                floor = Math.max(floor, asked.range().start());
            }
            nextStretch();
        }

        /** Sends the reader to the next older stretch that may hold something, or ends the walk. */
        private void nextStretch() {
            if (top > floor) {
                top = Math.max(floor, Math.min(top, index.previous(partition, users(), floor, top)));
            }
            if (top <= floor || asking.isEmpty()) {
                finish(top, true);
                return;
            }
            if (records >= environment.config().lookBackRecords()) {
                finish(top, false);
                return;
            }
            stretchFrom = Math.max(floor, (top - 1) / stretchRecords * stretchRecords);
            stretchFrom = Math.max(stretchFrom, top - mostOffsets);
            position = stretchFrom;
            stretch.clear();
            heldBytes = 0;
            hasShed = false;
            reader.seek(partition, stretchFrom);
            reader.expect(partition, top);
        }

        private Set<UserKey> users() {
            return asking.stream().map(asked -> asked.request().user()).collect(Collectors.toUnmodifiableSet());
        }

        Predicate<UserKey> wanted(int of) {
            return of == partition ? users()::contains : user -> false;
        }

        void read(LogReader.Fetch fetch) {
            for (LogReader.PartitionFetch fetched : fetch.partitions()) {
                if (fetched.partition() == partition) {
                    take(fetched);
                }
            }
            if (!fetch.partitions().isEmpty()) {
                lastProgress = now();
            }
            if (now() - lastProgress > PATIENCE_NANOS) {
                takeBackwards();
                finish(stretchFrom, false);
            } else if (!fetch.lost().isEmpty()) {
                finish(top, false); // the log is shorter than it was: whoever depends on that is told elsewhere
            } else if (position >= top) {
                takeBackwards();
                mostOffsets = hasShed ? mostOffsets : Math.min(stretchRecords, 2 * mostOffsets);
                top = stretchFrom;
                nextStretch();
            }
        }

        private long now() {
            return environment.nanoTime().getAsLong();
        }

        private void take(LogReader.PartitionFetch fetched) {
            long bytes = fetched.passed().bytes();
            int read = fetched.passed().records() + fetched.records().size();
            for (LogRecord record : fetched.records()) {
                bytes += record.logBytes();
                if (record.offset() < top) {
                    stretch.add(record);
                    heldBytes += record.storedBytes();
                }
            }
            shed();
            records += read;
            position = fetched.next().offset();
            environment.observer().catchUpScanned(partition, read, bytes);
        }

        /**
         * Lets the oldest records of the stretch go where they are too large together: a further, shorter stretch has
         * them.
         */
        private void shed() {
            while (heldBytes > stretchBytes && stretch.size() > 1) {
                heldBytes -= stretch.removeFirst().storedBytes();
                stretchFrom = stretch.getFirst().offset();
                mostOffsets = Math.max(1, top - stretchFrom);
                hasShed = true;
            }
        }

        private void takeBackwards() {
            for (LogRecord record = stretch.pollLast(); record != null; record = stretch.pollLast()) {
                LogRecord next = record;
                asking.removeIf(asked -> isDone(asked, next));
            }
        }

        /** Gives a record to one of those who ask, unless it is not for them. A fault of theirs is theirs alone. */
        private boolean isDone(Asked asked, LogRecord record) {
            try {
                boolean satisfied = record.user().equals(asked.request().user())
                        && record.offset() < asked.range().before()
                        && !asked.request().take(record);
                if (satisfied) {
                    asked.request().done(record.offset(), true);
                }
                return satisfied;
            } catch (RuntimeException | Error e) {
                LOG.atError().setCause(e).log("A look-back failed");
                asked.request().fail(e);
                return true;
            }
        }

        private void finish(long reached, boolean whole) {
            for (Asked asked : asking) {
                try {
                    asked.request().done(reached, whole);
                } catch (RuntimeException | Error e) {
                    LOG.atError().setCause(e).log("A look-back failed");
                    asked.request().fail(e);
                }
            }
            asking.clear();
        }
    }
}
