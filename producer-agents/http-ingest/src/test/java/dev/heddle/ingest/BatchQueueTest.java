package dev.heddle.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose batch comes next, how much may wait, and which batches of a run are one sender's. */
class BatchQueueTest {

    private static final int EVENT = 1_000;

    private final BatchQueue queue = new BatchQueue(new IngestConfig.Waiting(100 * EVENT, 150 * EVENT));

    private static Batch batch(String user, String run, long first, long last, String word) {
        List<Batch.Item> items = new ArrayList<>();
        for (long seq = first; seq <= last; seq++) {
            Batch.Identity identity = Batch.Identity.of(0, EventDigest.of(word + seq), null, null);
            items.add(new Batch.Item(new Batch.Label(seq, "id-" + seq, 0), identity, new byte[EVENT]));
        }
        return new Batch(new Batch.Address(UserKey.of(user), "t", run, null), 0, items);
    }

    private QueuedBatch waits(Batch batch) {
        return assertInstanceOf(BatchQueue.Offer.Waits.class, queue.offer(batch))
                .batch();
    }

    private IngestResponse.Reason refused(Batch batch) {
        return assertInstanceOf(BatchQueue.Offer.Refused.class, queue.offer(batch))
                .answer()
                .reason();
    }

    private List<String> next() {
        return queue.next().stream()
                .map(waiting -> waiting.batch().address().user().value() + "/"
                        + waiting.batch().address().runId())
                .toList();
    }

    @Test
    void usersTakeTurnsAndAGroupIsBounded() {
        for (int i = 0; i < 70; i++) {
            waits(batch("many", "run-" + i, 0, 0, "x"));
        }
        waits(batch("few", "run", 0, 0, "x"));
        List<String> group = next();
        assertEquals(List.of("many/run-0", "few/run", "many/run-1"), group.subList(0, 3));
        assertEquals(64, group.size());
        waits(batch("late", "run", 0, 0, "x"));
        assertTrue(next().contains("late/run"));
        assertEquals(List.of(), next());
    }

    @Test
    void whatWaitsIsBoundedForAUserAndForThePartition() {
        List<QueuedBatch> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(waits(batch("one", "run-" + i, 0, 9, "x")));
        }
        assertEquals(IngestResponse.Reason.BUSY, refused(batch("one", "more", 0, 0, "x")));
        waits(batch("two", "run", 0, 49, "x"));
        assertEquals(IngestResponse.Reason.BUSY, refused(batch("three", "run", 0, 0, "x")));
        assertEquals(150 * EVENT, queue.bytes());
        queue.next();
        waiting.forEach(queue::done);
        waits(batch("one", "more", 0, 0, "x"));
        waits(batch("three", "run", 0, 0, "x"));
        assertEquals(52 * EVENT, queue.bytes());
    }

    @Test
    void aBatchLargerThanTheBoundsMayWaitAlone() {
        waits(batch("one", "run", 0, 199, "x"));
        assertEquals(IngestResponse.Reason.BUSY, refused(batch("two", "run", 0, 0, "x")));
    }

    @Test
    void theSameBatchJoinsAndOneThatOverlapsWaitsBehind() {
        QueuedBatch first = waits(batch("one", "run", 0, 4, "x"));
        assertSame(first, waits(batch("one", "run", 0, 4, "x")));
        assertEquals(List.of("one/run"), next());
        assertSame(first, waits(batch("one", "run", 0, 4, "x")), "also while it is being appended");
        QueuedBatch more = waits(batch("one", "run", 0, 7, "x"));
        QueuedBatch rest = waits(batch("one", "run", 6, 9, "x"));
        assertSame(more, waits(batch("one", "run", 0, 7, "x")));
        assertEquals(List.of(), next(), "one batch of a run at a time");
        queue.done(first);
        assertEquals(List.of(more), queue.next());
        assertEquals(List.of(more, rest), queue.abandon(more));
        assertEquals(0, queue.bytes());
        assertEquals(List.of(), next());
    }

    @Test
    void anotherBatchOfTheRunIsASecondSenders() {
        waits(batch("one", "run", 0, 4, "x"));
        assertEquals(IngestResponse.Reason.CONFLICT, refused(batch("one", "run", 0, 4, "y")));
        assertEquals(IngestResponse.Reason.CONFLICT, refused(batch("one", "run", 4, 5, "y")));
        assertEquals(
                IngestResponse.Reason.CONFLICT,
                refused(batch("one", "run", 5, 6, "x")),
                "it does not continue the log");
        waits(batch("two", "run", 0, 4, "y"));
        waits(batch("one", "other", 0, 4, "y"));
    }

    @Test
    void ofOneRunOnlySoManyWait() {
        for (int i = 0; i < 16; i++) {
            waits(batch("one", "run", i, i + 1, "x"));
        }
        assertEquals(IngestResponse.Reason.BUSY, refused(batch("one", "run", 16, 17, "x")));
    }

    @Test
    void oneWorkerBeginsAndStopsWhenNothingIsReady() {
        assertFalse(queue.begin());
        QueuedBatch first = waits(batch("one", "run", 0, 4, "x"));
        assertTrue(queue.begin());
        assertFalse(queue.begin());
        assertFalse(queue.stop());
        queue.next();
        QueuedBatch second = waits(batch("one", "run", 0, 5, "x"));
        assertTrue(queue.stop());
        queue.done(first);
        assertTrue(queue.begin(), "what came behind has become ready");
        assertEquals(List.of(second), queue.next());
    }
}
