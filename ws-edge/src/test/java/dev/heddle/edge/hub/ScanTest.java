package dev.heddle.edge.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A scan of offsets 0 to 2, of which Alice has 0 and 2 and Bob has 1, before a window that begins at 100. */
class ScanTest {
    private static final UserKey ALICE = UserKey.of("alice");
    private static final UserKey BOB = UserKey.of("bob");
    private static final UserKey CAROL = UserKey.of("carol");

    private final HubEnvironment environment = new HubEnvironment(HubConfig.defaults(), new SilentObserver(), () -> 1);
    private final Scan scan = new Scan(partition(), 0, environment);

    /** A requester that keeps the offsets of its chunks. */
    private static final class CollectingRequester implements CatchUpRequest.Requester {
        private final UserKey user;
        private final List<Long> offsets = new ArrayList<>();
        private boolean closed;

        CollectingRequester(UserKey user) {
            this.user = user;
        }

        @Override
        public UserKey user() {
            return user;
        }

        @Override
        public boolean isClosed() {
            return closed;
        }

        @Override
        public void onChunk(CatchUpRequest request) {
            request.chunk().records().forEach(record -> offsets.add(record.offset()));
        }

        @Override
        public void onFailed(EndReason reason) {
            throw new IllegalStateException("ended: " + reason);
        }
    }

    private static HubPartition partition() {
        HubPartition partition = new HubPartition(0, 0);
        partition.window(new Window(new Window.Mark(1, 100, 0), new ByteBudget(1 << 20), chain -> {}));
        return partition;
    }

    private CollectingRequester join(UserKey user, long from) {
        CollectingRequester requester = new CollectingRequester(user);
        HeldCredit credit = new HeldCredit(environment.credit());
        credit.open(new Credit.Account());
        scan.join(new CatchUpRequest(requester, from, 4096, credit));
        return requester;
    }

    private void readAll() {
        List<LogRecord> records = List.of(record(0, ALICE), record(1, BOB), record(2, ALICE));
        scan.take(new LogReader.PartitionFetch(0, records, LogReader.Passed.NONE, new Position(3, 0)));
    }

    private static LogRecord record(long offset, UserKey user) {
        return new LogRecord(new RecordPlace(offset, 0), 0, user, new byte[10]);
    }

    @Test
    void eachRecordGoesToTheRequestsOfItsUser() {
        CollectingRequester alice = join(ALICE, 0);
        CollectingRequester bob = join(BOB, 0);
        readAll();
        scan.settle(true);
        assertEquals(List.of(0L, 2L), alice.offsets);
        assertEquals(List.of(1L), bob.offsets);
        assertTrue(scan.isIdle());
    }

    @Test
    void aRequestThatTheLastPollCoversIsServedFromIt() {
        join(ALICE, 0);
        readAll();
        CollectingRequester again = join(ALICE, 1);
        scan.settle(true);
        assertEquals(List.of(2L), again.offsets);
        assertFalse(scan.hasNextRound());
    }

    @Test
    void aRequestBehindThePassWaitsForTheNextRound() {
        join(ALICE, 0);
        readAll();
        join(CAROL, 0);
        assertTrue(scan.hasNextRound());
        assertFalse(scan.wants(CAROL));
        assertEquals(0, scan.beginNextRound());
        assertTrue(scan.wants(CAROL));
    }

    @Test
    void theRequestOfAClosedSessionIsDropped() {
        CollectingRequester alice = join(ALICE, 0);
        readAll();
        alice.closed = true;
        scan.settle(true);
        assertEquals(List.of(), alice.offsets);
        assertEquals(0, environment.credit().used());
        assertTrue(scan.isIdle());
    }
}
