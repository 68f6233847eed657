package dev.heddle.edge.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.EventIds;
import dev.heddle.event.EventItem;
import dev.heddle.event.Json;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link EventLog} does: the same suite for the one in memory, which simulations trust, and for Kafka's. */
public abstract class EventLogContract {
    /** The partition that the suite uses, and {@link #write} writes to. */
    protected static final int PARTITION = 0;

    protected static final UserKey ALICE = UserKey.of("alice");

    private static final Duration WAIT = Duration.ofMillis(200);
    private static final int POLLS = 100;

    /** The log under test, empty before the first write of each test. */
    protected abstract EventLog log();

    /** Appends to the partition, and returns once the log has taken the value. */
    protected abstract void write(UserKey user, byte[] value);

    /** Makes the log take an offset that no record has, as a transaction's end does. */
    protected abstract void writeGap();

    /** Drops what lies before an offset. */
    protected abstract void expireBefore(long offset);

    /** An event that fits the stored format. */
    protected static byte[] event(String text) {
        Envelope envelope = new Envelope(EventIds.next(), ALICE, "thread", null, null);
        return EventCodec.encode(new AgentEvent(
                envelope,
                Json.parseObject("{\"type\":\"CUSTOM\",\"timestamp\":1,\"name\":\"" + text + "\",\"value\":1}")));
    }

    private EventLog.Extent extent() {
        return log().extent(PARTITION).toCompletableFuture().join();
    }

    private static List<LogReader.PartitionFetch> poll(LogReader reader, int records) {
        List<LogReader.PartitionFetch> fetched = new ArrayList<>();
        int seen = 0;
        for (int i = 0; i < POLLS && seen < records; i++) {
            LogReader.Fetch fetch = reader.poll(WAIT, LogReader.Wanted.ALL);
            fetched.addAll(fetch.partitions());
            seen = fetched.stream().mapToInt(part -> part.records().size()).sum();
        }
        assertEquals(records, seen, "records read");
        return fetched;
    }

    private static List<Long> offsets(List<LogReader.PartitionFetch> fetched) {
        return fetched.stream()
                .flatMap(part -> part.records().stream())
                .map(LogRecord::offset)
                .toList();
    }

    @Test
    void anEmptyPartition_beginsAndEndsAtTheSameOffset() {
        assertEquals(extent().start(), extent().end());
    }

    @Test
    void theExtent_isNoOlderThanItsQuestion() {
        for (int i = 0; i < 20; i++) {
            long before = extent().end();
            write(ALICE, event("e" + i));
            assertEquals(before + 1, extent().end());
        }
    }

    @Test
    void aReader_bringsTheRecordsFromItsOffsetOn_inOrder_withTheKeyTheyWereWrittenUnder() {
        byte[] second = event("second");
        write(ALICE, event("first"));
        write(ALICE, second);
        write(UserKey.of("bob"), event("third"));
        try (LogReader reader = log().openReader(LogReader.Use.CATCH_UP)) {
            reader.seek(PARTITION, 1);
            List<LogReader.PartitionFetch> fetched = poll(reader, 2);
            List<LogRecord> records =
                    fetched.stream().flatMap(part -> part.records().stream()).toList();
            assertEquals(List.of(1L, 2L), offsets(fetched));
            assertArrayEquals(
                    EventItem.of(ALICE, second).json(), records.get(0).item().json());
            assertEquals(UserKey.of("bob"), records.get(1).user());
            assertEquals(3, fetched.get(fetched.size() - 1).next().offset());
        }
    }

    @Test
    void aReader_bringsOnlyTheUsersThatAreWanted_andCountsTheOthers() {
        UserKey bob = UserKey.of("bob");
        byte[] second = event("second");
        write(ALICE, event("first"));
        write(bob, second);
        write(ALICE, event("third"));
        try (LogReader reader = log().openReader(LogReader.Use.CATCH_UP)) {
            reader.seek(PARTITION, 0);
            List<Long> brought = new ArrayList<>();
            long next = 0;
            int passed = 0;
            long bytes = 0;
            for (int i = 0; i < POLLS && next < 3; i++) {
                for (LogReader.PartitionFetch part :
                        reader.poll(WAIT, partition -> ALICE::equals).partitions()) {
                    part.records().forEach(record -> brought.add(record.offset()));
                    next = part.next().offset();
                    passed += part.passed().records();
                    bytes += part.passed().bytes();
                }
            }
            assertEquals(List.of(0L, 2L), brought);
            assertEquals(3, next);
            assertEquals(1, passed);
            assertEquals(bob.utf8().length + second.length, bytes);
        }
    }

    @Test
    void aReader_goesPastOffsetsThatNoRecordHas() {
        write(ALICE, event("first"));
        writeGap();
        long end = extent().end();
        try (LogReader reader = log().openReader(LogReader.Use.TAIL)) {
            reader.seek(PARTITION, 0);
            long next = 0;
            int records = 0;
            for (int i = 0; i < POLLS && next < end; i++) {
                for (LogReader.PartitionFetch part :
                        reader.poll(WAIT, LogReader.Wanted.ALL).partitions()) {
                    next = part.next().offset();
                    records += part.records().size();
                }
            }
            assertEquals(end, next);
            assertTrue(records < end, "there is a gap");
        }
    }

    @Test
    void aPausedPartition_isNotRead_andGoesOnWhereItWas() {
        write(ALICE, event("first"));
        try (LogReader reader = log().openReader(LogReader.Use.CATCH_UP)) {
            reader.seek(PARTITION, 0);
            poll(reader, 1);
            reader.pause(PARTITION);
            write(ALICE, event("second"));
            assertTrue(reader.poll(WAIT, LogReader.Wanted.ALL).partitions().stream()
                    .allMatch(part -> part.records().isEmpty()));
            reader.resume(PARTITION);
            assertEquals(List.of(1L), offsets(poll(reader, 1)));
        }
    }

    @Test
    void aReaderWithoutPartitions_bringsNothing() {
        try (LogReader reader = log().openReader(LogReader.Use.TAIL)) {
            assertEquals(LogReader.Fetch.NOTHING, reader.poll(WAIT, LogReader.Wanted.ALL));
            reader.seek(PARTITION, 0);
            reader.drop(PARTITION);
            reader.wakeup();
            assertEquals(LogReader.Fetch.NOTHING, reader.poll(WAIT, LogReader.Wanted.ALL));
        }
    }

    @Test
    void aReader_canBeSentBack() {
        write(ALICE, event("first"));
        write(ALICE, event("second"));
        try (LogReader reader = log().openReader(LogReader.Use.CATCH_UP)) {
            reader.seek(PARTITION, 0);
            poll(reader, 2);
            reader.seek(PARTITION, 0);
            assertEquals(List.of(0L, 1L), offsets(poll(reader, 2)));
        }
    }

    @Test
    void anExpiredOffset_isLost_andTheReaderGoesOnElsewhere() {
        write(ALICE, event("first"));
        write(ALICE, event("second"));
        write(ALICE, event("third"));
        expireBefore(2);
        assertEquals(2, extent().start());
        try (LogReader reader = log().openReader(LogReader.Use.CATCH_UP)) {
            reader.seek(PARTITION, 0);
            List<LogReader.Lost> lost = new ArrayList<>();
            for (int i = 0; i < POLLS && lost.isEmpty(); i++) {
                lost.addAll(reader.poll(WAIT, LogReader.Wanted.ALL).lost());
            }
            assertEquals(List.of(new LogReader.Lost(PARTITION, LogReader.Cause.OUT_OF_RANGE)), lost);
            reader.seek(PARTITION, 2);
            assertEquals(List.of(2L), offsets(poll(reader, 1)));
        }
    }

    @Test
    void anInstant_isFoundByTheTimeAtWhichTheLogTookTheRecord() {
        write(ALICE, event("first"));
        try (LogReader reader = log().openReader(LogReader.Use.CATCH_UP)) {
            reader.seek(PARTITION, 0);
            long taken = poll(reader, 1).get(0).records().get(0).timestamp();
            assertEquals(0, at(taken));
            assertEquals(Long.MAX_VALUE, at(taken + 3_600_000));
        }
    }

    private long at(long millis) {
        return log().offsetAt(PARTITION, Instant.ofEpochMilli(millis))
                .toCompletableFuture()
                .join();
    }

    @Test
    void aPositionInTheNewestEpoch_isAgreedWith() {
        write(ALICE, event("first"));
        Position position = new Position(1, extent().leaderEpoch());
        assertEquals(
                position,
                log().agreement(PARTITION, position, extent())
                        .toCompletableFuture()
                        .join());
    }
}
