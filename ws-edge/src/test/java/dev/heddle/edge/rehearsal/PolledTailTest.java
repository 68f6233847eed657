package dev.heddle.edge.rehearsal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.edge.hub.BlockIndex;
import dev.heddle.edge.hub.EventLog;
import dev.heddle.edge.hub.LogReader;
import dev.heddle.event.Generation;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class PolledTailTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final RehearsalLog records = new RehearsalLog();
    private final AtomicInteger read = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();

    /** A log that counts what is read of it. */
    private record Watched(RehearsalLog records, AtomicInteger read, AtomicInteger open) implements EventLog {
        @Override
        public Generation generation() {
            return records.generation();
        }

        @Override
        public CompletionStage<Extent> extent(int partition) {
            return records.extent(partition);
        }

        @Override
        public CompletionStage<Long> offsetAt(int partition, Instant time) {
            return records.offsetAt(partition, time);
        }

        @Override
        public CompletionStage<Position> agreement(int partition, Position position, Extent now) {
            return records.agreement(partition, position, now);
        }

        @Override
        public LogReader openReader(LogReader.Use use) {
            open.incrementAndGet();
            return new WatchedReader(records.openReader(use), this);
        }

        @Override
        public BlockIndex openIndex() {
            return records.openIndex();
        }

        @Override
        public void close() {}
    }

    private record WatchedReader(LogReader reader, Watched log) implements LogReader {
        @Override
        public void seek(int partition, long offset) {
            reader.seek(partition, offset);
        }

        @Override
        public void pause(int partition) {
            reader.pause(partition);
        }

        @Override
        public void resume(int partition) {
            reader.resume(partition);
        }

        @Override
        public void drop(int partition) {
            reader.drop(partition);
        }

        @Override
        public Fetch poll(Duration wait, Wanted wanted) {
            Fetch fetch = reader.poll(wait, wanted);
            fetch.partitions().forEach(part -> log.read.addAndGet(part.records().size()));
            return fetch;
        }

        @Override
        public void wakeup() {
            reader.wakeup();
        }

        @Override
        public void close() {
            reader.close();
            log.open.decrementAndGet();
        }
    }

    @Test
    void theNewestRecordsAreReadOverAndOverUntilTheRestIsDone() {
        for (int i = 0; i < 10; i++) {
            records.append(UserKey.of("somebody"), i, new byte[10]);
        }
        PolledTail.during(
                new Watched(records, read, open),
                () -> await("more was read than there is").atMost(LIMIT).until(() -> read.get() > 100));
        assertEquals(0, open.get(), "the reader is closed");
    }

    @Test
    void anEmptyLogAndOneThatCannotBeReadHinderNothing() {
        AtomicInteger done = new AtomicInteger();
        PolledTail.during(new Watched(records, read, open), done::incrementAndGet);
        records.close();
        PolledTail.during(new Watched(records, read, open), done::incrementAndGet);
        assertEquals(2, done.get());
        assertTrue(read.get() == 0, "nothing was there to be read");
    }
}
