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

/**
 * Goes through partitions backwards, for what is found from the newest record on: the last N events, the runs before a cursor.
 * Those who ask for the same partition while it is busy share the next walk; blocks that hold none of their users are
 * skipped by the index.
 *
 * <p>One thread calls {@link #step}; {@link #request} may be called by any. A walk reads at most
 * {@link HubConfig#lookBackRecords()} records and then gives what it has, and says so.
 */
final class LookBack implements AutoCloseable {
    private final LogReader reader;
    private final BlockIndex index;
    private final HubEnvironment environment;
    private final Runnable asked;
    private final int stretchRecords;
    private final ConcurrentLinkedQueue<Asked> incoming = new ConcurrentLinkedQueue<>();
    private final Map<Integer, List<Asked>> waiting = new HashMap<>();
    private final Deque<Integer> turns = new ArrayDeque<>();
    private @Nullable Walk walk;

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
        this.index = index;
        this.environment = environment;
    }

    /** Asks for a walk through a partition. Any thread. */
    void request(int partition, Range range, LookBackRequest request) {
        incoming.add(new Asked(partition, range, request));
        reader.wakeup();
        asked.run();
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
        index.close();
        reader.close();
    }

    /** One way back through a partition, for all who asked for it meanwhile. */
    private final class Walk {
        private final int partition;
        private final List<Asked> asking;
        private final List<LogRecord> stretch = new ArrayList<>();
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
            position = stretchFrom;
            stretch.clear();
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
            if (!fetch.lost().isEmpty()) {
                finish(top, false); // the log is shorter than it was: whoever depends on that is told elsewhere
            } else if (position >= top) {
                takeBackwards();
                top = stretchFrom;
                nextStretch();
            }
        }

        private void take(LogReader.PartitionFetch fetched) {
            long bytes = fetched.passed().bytes();
            int read = fetched.passed().records() + fetched.records().size();
            for (LogRecord record : fetched.records()) {
                bytes += record.logBytes();
                if (record.offset() < top) {
                    stretch.add(record);
                }
            }
            records += read;
            position = fetched.next().offset();
            environment.observer().catchUpScanned(partition, read, bytes);
        }

        private void takeBackwards() {
            for (int i = stretch.size() - 1; i >= 0; i--) {
                LogRecord record = stretch.get(i);
                asking.removeIf(asked -> {
                    boolean satisfied = record.user().equals(asked.request().user())
                            && record.offset() < asked.range().before()
                            && !asked.request().take(record);
                    if (satisfied) {
                        asked.request().done(record.offset(), true);
                    }
                    return satisfied;
                });
            }
        }

        private void finish(long reached, boolean whole) {
            asking.forEach(asked -> asked.request().done(reached, whole));
            asking.clear();
        }
    }
}
