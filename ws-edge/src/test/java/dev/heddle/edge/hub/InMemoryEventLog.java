package dev.heddle.edge.hub;

import dev.heddle.event.Generation;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * A log in memory that does what Kafka's does to its readers: gaps, truncation, expiry, stalls, wrong records. For
 * tests of the hub; single-threaded, like the scheduler that drives it.
 */
final class InMemoryEventLog implements EventLog {
    /** How many records of one partition a poll brings at most. */
    private static final int POLL_RECORDS = 7;

    /** A record as the log keeps it. */
    static final class Stored {
        private final RecordPlace place;
        private final long timestamp;
        private final UserKey user;
        private final byte[] value;

        Stored(RecordPlace place, long timestamp, UserKey user, byte[] value) {
            this.place = place;
            this.timestamp = timestamp;
            this.user = user;
            this.value = value;
        }

        long offset() {
            return place.offset();
        }

        long timestamp() {
            return timestamp;
        }

        UserKey user() {
            return user;
        }

        /** What a reader of its own gets: nothing that one reader makes of a record is seen by another. */
        LogRecord read() {
            return new LogRecord(place, timestamp, user, value);
        }
    }

    /** One partition: what it keeps, and the epoch history. */
    static final class Part {
        final TreeMap<Long, Stored> records = new TreeMap<>();
        /** Also what has expired, but not what was cut off: what a client may rightly have been told. */
        final TreeMap<Long, Stored> told = new TreeMap<>();

        final TreeMap<Integer, Long> epochStarts = new TreeMap<>(Map.of(0, 0L));
        long start;
        long end;

        int epoch() {
            return epochStarts.lastKey();
        }
    }

    private final Generation generation;
    private final List<Part> parts = new ArrayList<>();
    private boolean stalled;
    private long clock = 1_000_000;

    InMemoryEventLog(int partitions) {
        this.generation = new Generation(new UUID(7, partitions), partitions);
        for (int i = 0; i < partitions; i++) {
            parts.add(new Part());
        }
    }

    Part part(int partition) {
        return parts.get(partition);
    }

    /** Appends a value under a key; the offset it got. */
    long append(int partition, UserKey user, byte[] value) {
        Part part = parts.get(partition);
        long offset = part.end++;
        Stored stored = new Stored(new RecordPlace(offset, part.epoch()), clock++, user, value);
        part.records.put(offset, stored);
        part.told.put(offset, stored);
        return offset;
    }

    /** Takes an offset without a record, as a transaction marker does. */
    void gap(int partition) {
        parts.get(partition).end++;
    }

    /** Drops everything before an offset. */
    void expire(int partition, long before) {
        Part part = parts.get(partition);
        part.start = Math.max(part.start, Math.min(before, part.end));
        part.records.headMap(part.start).clear();
    }

    /** Drops everything from an offset on, under a new leader, as an unclean election does. */
    void truncate(int partition, long from) {
        Part part = parts.get(partition);
        part.end = Math.max(part.start, Math.min(from, part.end));
        part.records.tailMap(part.end).clear();
        part.told.tailMap(part.end).clear();
        int epoch = part.epoch() + 1;
        part.epochStarts.values().removeIf(start -> start > part.end);
        part.epochStarts.put(epoch, part.end);
    }

    /** Elects another leader; nothing is lost. */
    void elect(int partition) {
        Part part = parts.get(partition);
        part.epochStarts.put(part.epoch() + 1, part.end);
    }

    /** Nothing can be read while stalled. */
    void stall(boolean now) {
        stalled = now;
    }

    @Override
    public Generation generation() {
        return generation;
    }

    @Override
    public CompletionStage<Extent> extent(int partition) {
        Part part = parts.get(partition);
        return CompletableFuture.completedStage(new Extent(part.start, part.end, part.epoch()));
    }

    @Override
    public CompletionStage<Long> offsetAt(int partition, Instant time) {
        return CompletableFuture.completedStage(parts.get(partition).records.values().stream()
                .filter(record -> record.timestamp() >= time.toEpochMilli())
                .map(Stored::offset)
                .findFirst()
                .orElse(Long.MAX_VALUE));
    }

    @Override
    public CompletionStage<Position> agreement(int partition, Position position, Extent now) {
        return CompletableFuture.completedStage(agreed(parts.get(partition), position));
    }

    private static Position agreed(Part part, Position position) {
        Map.Entry<Integer, Long> next = part.epochStarts.higherEntry(position.leaderEpoch());
        long epochEnd = next == null ? part.end : next.getValue();
        return position.offset() <= epochEnd ? position : new Position(epochEnd, position.leaderEpoch());
    }

    @Override
    public LogReader openReader(LogReader.Use use) {
        return new Reader();
    }

    @Override
    public BlockIndex openIndex() {
        return new InMemoryBlockIndex(this);
    }

    @Override
    public void close() {}

    private final class Reader implements LogReader {
        private final TreeMap<Integer, Position> positions = new TreeMap<>();
        private final TreeMap<Integer, Boolean> paused = new TreeMap<>();

        @Override
        public void seek(int partition, long offset) {
            positions.put(partition, new Position(offset, -1));
            paused.putIfAbsent(partition, false);
        }

        @Override
        public void pause(int partition) {
            paused.computeIfPresent(partition, (key, was) -> true);
        }

        @Override
        public void resume(int partition) {
            paused.computeIfPresent(partition, (key, was) -> false);
        }

        @Override
        public void drop(int partition) {
            positions.remove(partition);
            paused.remove(partition);
        }

        @Override
        public Fetch poll(Duration wait, Wanted wanted) {
            List<PartitionFetch> fetched = new ArrayList<>();
            List<Lost> lost = new ArrayList<>();
            for (int partition : List.copyOf(positions.keySet())) {
                if (!stalled && !paused.getOrDefault(partition, false)) {
                    read(partition, wanted.in(partition), fetched, lost);
                }
            }
            return new Fetch(fetched, lost);
        }

        private void read(int partition, Predicate<UserKey> wanted, List<PartitionFetch> fetched, List<Lost> lost) {
            Part part = parts.get(partition);
            Position position = Objects.requireNonNull(positions.get(partition));
            boolean truncated =
                    position.leaderEpoch() >= 0 && !agreed(part, position).equals(position);
            if (truncated || position.offset() < part.start || position.offset() > part.end) {
                drop(partition);
                lost.add(new Lost(partition, truncated ? Cause.TRUNCATED : Cause.OUT_OF_RANGE));
                return;
            }
            if (position.offset() == part.end) {
                return;
            }
            List<LogRecord> records = part.records.tailMap(position.offset()).values().stream()
                    .limit(POLL_RECORDS)
                    .map(Stored::read)
                    .toList();
            boolean all = records.size() < POLL_RECORDS;
            long next = all ? part.end : records.get(records.size() - 1).offset() + 1;
            int epoch = all ? part.epoch() : records.get(records.size() - 1).leaderEpoch();
            Position after = new Position(next, records.isEmpty() && !all ? position.leaderEpoch() : epoch);
            positions.put(partition, after);
            List<LogRecord> brought = records.stream()
                    .filter(record -> wanted.test(record.user()))
                    .toList();
            long bytes = records.stream().mapToLong(LogRecord::logBytes).sum()
                    - brought.stream().mapToLong(LogRecord::logBytes).sum();
            Passed passed = new Passed(records.size() - brought.size(), bytes);
            fetched.add(new PartitionFetch(partition, brought, passed, after));
        }

        @Override
        public void wakeup() {}

        @Override
        public void close() {}
    }
}
