package dev.heddle.edge.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.edge.bench.Samples;
import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Window, chain and record under one thread that appends and evicts and others that read: nobody sees half of anything,
 * or skips an event.
 */
class PublicationStressTest {
    private static final UserKey USER = UserKey.of("user");
    private static final UserKey OTHER = UserKey.of("other");
    private static final byte[] STORED = Samples.stored(USER);
    private static final int READERS = 3;
    private static final int RECORDS = 100_000;
    private static final int KEPT = 200;
    private static final int RACES = 20_000;

    @Test
    void readersOfAWindowSeeEachRecordWholeAndInOrderOrAreToldThatItIsGone() throws Exception {
        ByteBudget budget = new ByteBudget(1L << 40);
        Window window = new Window(new Window.Mark(1, 0, 0), budget, chain -> {});
        RecordChain mine = new RecordChain(USER, 0);
        RecordChain others = new RecordChain(OTHER, 0);
        List<Callable<Long>> tasks = new ArrayList<>();
        tasks.add(() -> append(window, mine, others));
        for (int i = 0; i < READERS; i++) {
            tasks.add(() -> read(window, mine, budget));
        }
        runAll(tasks);
        window.evict(Integer.MAX_VALUE);
        assertEquals(0, budget.used());
    }

    private static long append(Window window, RecordChain mine, RecordChain others) {
        for (int offset = 0; offset < RECORDS; offset++) {
            boolean isMine = offset % 3 == 0;
            LogRecord record = new LogRecord(new RecordPlace(offset, 0), offset, isMine ? USER : OTHER, STORED.clone());
            window.append(record, isMine ? mine : others);
            if (offset % 5 == 0) {
                window.publish(offset + 1L, 0);
            }
            if (offset % KEPT == 0 && offset > KEPT) {
                window.evict(KEPT);
            }
        }
        window.publish(RECORDS, 0);
        return RECORDS;
    }

    /** Reads to the end; where it falls behind the window it goes on at its start, as after a catch-up. */
    private static long read(Window window, RecordChain mine, ByteBudget budget) {
        long offset = 0;
        long hint = RecordChain.NONE;
        while (offset < RECORDS) {
            ReadBatch batch = new ReadBatch(4096, hint);
            if (window.read(mine, offset, batch) == Window.Read.BEFORE) {
                offset = Math.max(offset, window.start().offset());
                hint = RecordChain.NONE;
                continue;
            }
            long expected = (offset + 2) / 3 * 3;
            for (LogRecord record : batch.records()) {
                if (record.offset() != expected || !record.user().equals(USER)) {
                    throw new AssertionError("expected " + expected + ", read " + record.offset());
                }
                if (record.item(budget).json().length == 0) {
                    throw new AssertionError("an empty item");
                }
                expected += 3;
            }
            offset = Math.max(offset, batch.nextOffset());
            hint = batch.hint();
            Thread.onSpinWait();
        }
        return offset;
    }

    @Test
    void whoRacesForARecordsItemGetsOneOfTheUsersEvents() throws Exception {
        AtomicReference<LogRecord> next = new AtomicReference<>(record());
        List<Callable<Long>> tasks = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            tasks.add(() -> {
                long bytes = 0;
                for (int race = 0; race < RACES; race++) {
                    LogRecord record = Objects.requireNonNull(next.get());
                    bytes += record.item().json().length; // a null fails
                    next.compareAndSet(record, record());
                }
                return bytes;
            });
        }
        runAll(tasks);
    }

    private static LogRecord record() {
        return new LogRecord(new RecordPlace(1, 0), 1, USER, STORED);
    }

    @Test
    void inAWindowTheItemTakesTheStoredBytesPlaceAndOnlyWhereThereIsRoom() {
        ByteBudget roomy = new ByteBudget(1 << 20);
        LogRecord kept = record();
        kept.enterWindow(roomy);
        int json = kept.item(roomy).json().length;
        assertEquals(LogRecord.OVERHEAD_BYTES + USER.utf8().length + json, roomy.used());
        kept.leaveWindow(roomy);
        assertEquals(0, roomy.used());

        ByteBudget full = new ByteBudget(1);
        LogRecord notKept = record();
        notKept.enterWindow(full);
        long stored = full.used();
        assertEquals(json, notKept.item(full).json().length);
        assertEquals(stored, full.used());
        notKept.leaveWindow(full);
        assertEquals(0, full.used());
    }

    private static void runAll(List<Callable<Long>> tasks) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(tasks.size());
        try {
            List<Future<Long>> futures = tasks.stream().map(executor::submit).toList();
            for (Future<Long> future : futures) {
                Long unused = future.get(60, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
