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
 * A reader of partitions from the newest record to older ones: for a user's last N events, and for the runs before a
 * cursor. Requests that come for a partition while it is read share the next pass; blocks without a record of their
 * users are skipped by the index.
 *
 * <p>One thread calls {@link #step}; {@link #request} is for any. A pass reads at most
 * {@link HubConfig#lookBackRecords()} records; its results are incomplete then, and say so.
 */
final class BackwardScan implements AutoCloseable {
    /** A chunk takes at most one part in this many of {@link HubConfig#catchUpBytes()}. */
    private static final int CHUNK_SHARE = 4;

    /** The time without a record after which a pass ends: the leader is away, or the log was truncated. */
    private static final long PATIENCE_NANOS = 3_000_000_000L;

    private static final Logger log = LoggerFactory.getLogger(BackwardScan.class);

    private final LogReader reader;
    private final BlockIndex index;
    private final HubEnvironment environment;
    private final int chunkRecords;
    private final long chunkBytes;
    private final ConcurrentLinkedQueue<Requested> incoming = new ConcurrentLinkedQueue<>();
    private final Map<Integer, List<Requested>> waiting = new HashMap<>();
    private final Deque<Integer> turns = new ArrayDeque<>();
    private @Nullable Pass pass;
    private volatile boolean closed;

    /**
     * A range of offsets.
     *
     * @param start the earliest offset kept
     * @param before the end, exclusive
     */
    record Range(long start, long before) {}

    private record Requested(int partition, Range range, BackwardScanRequest request) {}

    BackwardScan(LogReader reader, BlockIndex index, HubEnvironment environment) {
        this.reader = reader;
        this.chunkRecords = environment.config().blockRecords();
        this.chunkBytes = environment.config().catchUpBytes() / CHUNK_SHARE;
        this.index = index;
        this.environment = environment;
    }

    /** Requests a search in a partition. Any thread. */
    void request(int partition, Range range, BackwardScanRequest request) {
        incoming.add(new Requested(partition, range, request));
        if (closed) {
            failIncoming();
        } else {
            reader.wakeup();
        }
    }

    /** Fails the requests that get no answer. Any thread, once this is closed. */
    private void failIncoming() {
        for (Requested asked = incoming.poll(); asked != null; asked = incoming.poll()) {
            asked.request().fail(ended());
        }
    }

    private static IllegalStateException ended() {
        return new IllegalStateException("the backward scan has ended");
    }

    /** Makes its connections, and its code warm, before the first request. */
    void warmUp(WarmUp warmUp) {
        warmUp.run(reader, index);
    }

    /** One round. False if there was no request. */
    boolean step(Duration wait) {
        for (Requested asked = incoming.poll(); asked != null; asked = incoming.poll()) {
            List<Requested> ofPartition = waiting.get(asked.partition());
            if (ofPartition == null) {
                ofPartition = new ArrayList<>();
                waiting.put(asked.partition(), ofPartition);
                turns.add(asked.partition());
            }
            ofPartition.add(asked);
        }
        Pass now = pass;
        if (now == null) {
            now = nextPass();
            if (now == null) {
                return false;
            }
            pass = now;
            now.begin();
        } else {
            now.read(reader.poll(wait, now::wanted));
        }
        if (now.isOver()) {
            reader.drop(now.partition);
            pass = null;
        }
        return true;
    }

    private @Nullable Pass nextPass() {
        Integer partition = turns.poll();
        return partition == null ? null : new Pass(partition, waiting.remove(partition));
    }

    @Override
    public void close() {
        closed = true;
        failIncoming();
        waiting.values().forEach(all -> all.forEach(asked -> asked.request().fail(ended())));
        waiting.clear();
        Pass now = pass;
        if (now != null) {
            now.members.forEach(asked -> asked.request().fail(ended()));
            now.members.clear();
        }
        index.close();
        reader.close();
    }

    /** One pass through a partition, for all requests that had come for it. */
    private final class Pass {
        private final int partition;
        private final List<Requested> members;
        private final ArrayDeque<LogRecord> chunk = new ArrayDeque<>();
        private long heldBytes;
        private long mostOffsets = chunkRecords;
        private boolean hasShed;
        private long lastProgress = now();
        private long floor;
        private long top;
        private long chunkFrom;
        private long position;
        private int records;

        Pass(int partition, @Nullable List<Requested> members) {
            this.partition = partition;
            this.members = members == null ? new ArrayList<>() : members;
        }

        boolean isOver() {
            return members.isEmpty();
        }

        void begin() {
            for (Requested asked : members) {
                top = Math.max(top, asked.range().before());
                floor = Math.max(floor, asked.range().start());
            }
            nextChunk();
        }

        /** Sends the reader to the next older chunk that may hold a record of the members, or ends the pass. */
        private void nextChunk() {
            if (top > floor) {
                top = Math.max(floor, Math.min(top, index.previous(partition, users(), floor, top)));
            }
            if (top <= floor || members.isEmpty()) {
                finish(top, true);
                return;
            }
            if (records >= environment.config().lookBackRecords()) {
                finish(top, false);
                return;
            }
            chunkFrom = Math.max(floor, (top - 1) / chunkRecords * chunkRecords);
            chunkFrom = Math.max(chunkFrom, top - mostOffsets);
            position = chunkFrom;
            chunk.clear();
            heldBytes = 0;
            hasShed = false;
            reader.seek(partition, chunkFrom);
            reader.expect(partition, top);
        }

        private Set<UserKey> users() {
            return members.stream().map(asked -> asked.request().user()).collect(Collectors.toUnmodifiableSet());
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
                finish(top, false); // the newer part of the chunk was not read
            } else if (!fetch.lost().isEmpty()) {
                finish(top, false); // the log was truncated: the tail ends the sessions
            } else if (position >= top) {
                takeBackwards();
                mostOffsets = hasShed ? mostOffsets : Math.min(chunkRecords, 2 * mostOffsets);
                top = chunkFrom;
                nextChunk();
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
                    chunk.add(record);
                    heldBytes += record.storedBytes();
                }
            }
            shed();
            records += read;
            position = fetched.next().offset();
            environment.observer().catchUpScanned(partition, read, bytes);
        }

        /** Drops the oldest records of a chunk that is too large: the next, shorter chunk has them. */
        private void shed() {
            while (heldBytes > chunkBytes && chunk.size() > 1) {
                heldBytes -= chunk.removeFirst().storedBytes();
                chunkFrom = chunk.getFirst().offset();
                mostOffsets = Math.max(1, top - chunkFrom);
                hasShed = true;
            }
        }

        private void takeBackwards() {
            for (LogRecord record = chunk.pollLast(); record != null; record = chunk.pollLast()) {
                LogRecord next = record;
                members.removeIf(asked -> isDone(asked, next));
            }
        }

        /** Gives a record to a member, if it is the member's. A member that throws fails alone. */
        private boolean isDone(Requested asked, LogRecord record) {
            try {
                boolean satisfied = record.user().equals(asked.request().user())
                        && record.offset() < asked.range().before()
                        && !asked.request().take(record);
                if (satisfied) {
                    asked.request().done(record.offset(), true);
                }
                return satisfied;
            } catch (RuntimeException | Error e) {
                log.atError().setCause(e).log("A backward scan failed");
                asked.request().fail(e);
                return true;
            }
        }

        private void finish(long reached, boolean whole) {
            for (Requested asked : members) {
                try {
                    asked.request().done(reached, whole);
                } catch (RuntimeException | Error e) {
                    log.atError().setCause(e).log("A backward scan failed");
                    asked.request().fail(e);
                }
            }
            members.clear();
        }
    }
}
