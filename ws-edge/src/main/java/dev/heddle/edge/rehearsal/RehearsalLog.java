package dev.heddle.edge.rehearsal;

import dev.heddle.edge.hub.BlockIndex;
import dev.heddle.edge.hub.EventLog;
import dev.heddle.edge.hub.LogReader;
import dev.heddle.edge.hub.LogRecord;
import dev.heddle.edge.hub.RecordPlace;
import dev.heddle.event.Generation;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** A log of one partition in memory, for as long as a rehearsal takes. Thread-safe. */
final class RehearsalLog implements EventLog {
    private static final int POLL_RECORDS = 500;

    private final Generation generation = new Generation(UUID.randomUUID(), 1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Stored> records = new ArrayList<>();

    /** A record as the log keeps it. */
    private static final class Stored {
        private final UserKey user;
        private final long timestamp;
        private final byte[] value;

        Stored(UserKey user, long timestamp, byte[] value) {
            this.user = user;
            this.timestamp = timestamp;
            this.value = value;
        }

        /** One reader's view of the log. */
        LogRecord read(long offset) {
            return new LogRecord(new RecordPlace(offset, 0), timestamp, user, value);
        }
    }

    /** Appends a record. */
    void append(UserKey user, long timestamp, byte[] value) {
        change(() -> records.add(new Stored(user, timestamp, value)));
    }

    private void change(Runnable how) {
        lock.lock();
        try {
            how.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Generation generation() {
        return generation;
    }

    @Override
    public CompletionStage<Extent> extent(int partition) {
        lock.lock();
        try {
            return CompletableFuture.completedStage(new Extent(0, records.size(), 0));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletionStage<Long> offsetAt(int partition, Instant time) {
        return CompletableFuture.completedStage(0L);
    }

    @Override
    public CompletionStage<Position> agreement(int partition, Position position, Extent now) {
        return CompletableFuture.completedStage(position);
    }

    @Override
    public LogReader openReader(LogReader.Use use) {
        return new Reader();
    }

    @Override
    public BlockIndex openIndex() {
        return BlockIndex.NONE;
    }

    @Override
    public void close() {}

    /** The records at or after a reader's position; waits a while for the first. */
    private List<LogRecord> read(Reader reader, Duration wait) {
        lock.lock();
        try {
            long left = wait.toNanos();
            while (!reader.hasNext() && !reader.woken && left > 0) {
                left = changed.awaitNanos(left);
            }
            reader.woken = false;
            return reader.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    /** One reader's place; read and written by its own thread, but for being woken. */
    private final class Reader implements LogReader {
        private boolean reading;
        private boolean paused;
        private boolean woken;
        private long next;

        boolean hasNext() {
            return reading && !paused && next < records.size();
        }

        List<LogRecord> take() {
            List<LogRecord> found = new ArrayList<>();
            while (hasNext() && found.size() < POLL_RECORDS) {
                found.add(records.get((int) next).read(next));
                next++;
            }
            return found;
        }

        @Override
        public void seek(int partition, long offset) {
            reading = true;
            next = offset;
        }

        @Override
        public void pause(int partition) {
            paused = true;
        }

        @Override
        public void resume(int partition) {
            paused = false;
        }

        @Override
        public void drop(int partition) {
            reading = false;
        }

        @Override
        public Fetch poll(Duration wait, Wanted wanted) {
            List<LogRecord> found = read(this, wait);
            Predicate<UserKey> users = wanted.in(0);
            List<LogRecord> brought =
                    found.stream().filter(record -> users.test(record.user())).toList();
            return found.isEmpty()
                    ? Fetch.NOTHING
                    : new Fetch(
                            List.of(new PartitionFetch(
                                    0, brought, new Passed(found.size() - brought.size(), 0), new Position(next, 0))),
                            List.of());
        }

        @Override
        public void wakeup() {
            change(() -> woken = true);
        }

        @Override
        public void close() {}
    }
}
