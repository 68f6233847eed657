package dev.heddle.edge.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.heddle.edge.bench.Samples;
import dev.heddle.event.UserKey;
import org.junit.jupiter.api.Test;

class StartResolverTest {
    private static final UserKey ALICE = UserKey.of("alice");
    private static final UserKey BOB = UserKey.of("bob");

    private final InMemoryEventLog log = new InMemoryEventLog(1);
    private final StartResolver resolver = new StartResolver(log, this::searchAtOnce);

    private void searchAtOnce(int partition, BackwardScan.Range range, BackwardScanRequest request) {
        for (InMemoryEventLog.Stored record :
                log.part(partition).records.descendingMap().values()) {
            if (!request.take(record.read())) {
                request.done(record.offset(), true);
                return;
            }
        }
        request.done(range.start(), true);
    }

    private void append(int records) {
        for (int i = 0; i < records; i++) {
            log.append(0, ALICE, Samples.stored(ALICE));
        }
    }

    private Start resolve(UserKey user, StartRequest request) {
        return resolver.resolve(user, Subscription.ALL, request)
                .toCompletableFuture()
                .join();
    }

    private String cursorAtEnd() {
        return resolve(ALICE, new StartRequest.Latest()).cursor().encode();
    }

    private static long offset(Start start) {
        return start.cursor().position().offset();
    }

    private static Resume.Reason reason(Start start) {
        return assertInstanceOf(Resume.Reset.class, start.resume()).reason();
    }

    @Test
    void aClientWithoutACursorIsFreshAndBeginsWhereItAsks() {
        append(5);
        Start latest = resolve(ALICE, new StartRequest.Latest());
        assertInstanceOf(Resume.Fresh.class, latest.resume());
        assertEquals(5, offset(latest));
        assertEquals(0, offset(resolve(ALICE, new StartRequest.Earliest())));
        assertEquals(3, offset(resolve(ALICE, new StartRequest.Last(2))));
    }

    @Test
    void aValidCursorIsResumed() {
        append(2);
        String cursor = cursorAtEnd();
        append(3);
        Start start = resolve(ALICE, new StartRequest.AtCursor(cursor));
        assertInstanceOf(Resume.Resumed.class, start.resume());
        assertEquals(2, offset(start));
        assertEquals(5, start.end());
    }

    @Test
    void aCursorBeforeTheKeptRecordsIsResetToTheEarliest() {
        append(2);
        String cursor = cursorAtEnd();
        append(5);
        log.expire(0, 4);
        Start start = resolve(ALICE, new StartRequest.AtCursor(cursor));
        assertEquals(Resume.Reason.RETENTION, reason(start));
        assertEquals(4, offset(start));
    }

    @Test
    void aCursorOfTruncatedRecordsIsResetAlsoOnceTheLogHasGrownAgain() {
        append(5);
        String cursor = cursorAtEnd();
        log.truncate(0, 2);
        assertEquals(Resume.Reason.TRUNCATED, reason(resolve(ALICE, new StartRequest.AtCursor(cursor))));
        append(5);
        Start start = resolve(ALICE, new StartRequest.AtCursor(cursor));
        assertEquals(Resume.Reason.TRUNCATED, reason(start));
        assertEquals(0, offset(start));
    }

    @Test
    void aCursorSurvivesAnElection() {
        append(5);
        String cursor = cursorAtEnd();
        log.elect(0);
        append(1);
        assertInstanceOf(
                Resume.Resumed.class,
                resolve(ALICE, new StartRequest.AtCursor(cursor)).resume());
    }

    @Test
    void anotherUsersCursorAndOtherTextAreResetToTheEnd() {
        append(5);
        Start foreign = resolve(BOB, new StartRequest.AtCursor(cursorAtEnd()));
        assertEquals(Resume.Reason.FOREIGN, reason(foreign));
        assertEquals(5, offset(foreign));
        assertEquals(Resume.Reason.MALFORMED, reason(resolve(ALICE, new StartRequest.AtCursor("garbage"))));
    }
}
