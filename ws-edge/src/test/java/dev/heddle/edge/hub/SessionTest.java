package dev.heddle.edge.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.edge.bench.Samples;
import dev.heddle.event.UserKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** One session on a hub whose readers the test steps; its event loop is the calling thread. */
class SessionTest {
    private static final UserKey ALICE = UserKey.of("alice");
    private static final UserKey BOB = UserKey.of("bob");
    private static final HubConfig CONFIG =
            new HubConfig(1 << 20, 1 << 20, 1 << 20, 64 * 1024, 0, 1_000, 8, Duration.ofSeconds(1), 1);

    private final InMemoryEventLog log = new InMemoryEventLog(1);
    private final HubEnvironment environment = new HubEnvironment(CONFIG, new SilentObserver(), () -> 1);
    private final HubWorkers workers = new HubWorkers(log, environment);
    private final Hub hub = new Hub(log, environment, workers);
    private final Socket socket = new Socket();

    /** A socket that takes frames, and writes them at once unless it is slow. */
    private static final class Socket implements SessionSink {
        private final List<HubFrame> frames = new ArrayList<>();
        private final Queue<FrameOutcome> unwritten = new ArrayDeque<>();
        private boolean slow;

        @Override
        public void write(HubFrame frame, FrameOutcome outcome) {
            frames.add(frame);
            if (slow) {
                unwritten.add(outcome);
            } else {
                outcome.onFrameWritten();
            }
        }

        @Override
        public void close(EndReason reason) {}

        List<Long> offsets(int frame) {
            return assertInstanceOf(HubFrame.Events.class, frames.get(frame)).records().stream()
                    .map(LogRecord::offset)
                    .toList();
        }
    }

    private Session connect(StartRequest request) {
        Start start = hub.begin(ALICE, Subscription.ALL, request)
                .toCompletableFuture()
                .join();
        Session session = hub.open(start, socket, Runnable::run);
        session.start();
        step();
        return session;
    }

    private void append(UserKey user, int records) {
        for (int i = 0; i < records; i++) {
            log.append(0, user, Samples.stored(user));
        }
    }

    private void step() {
        workers.tail().step(Duration.ZERO);
        workers.catchUpReaders().forEach(reader -> reader.step(Duration.ZERO));
    }

    @Test
    void aSessionIsCaughtUpAtTheEndAndThenGetsItsUsersNewEvents() {
        Session session = connect(new StartRequest.Latest());
        assertInstanceOf(HubFrame.CaughtUp.class, socket.frames.get(0));
        append(BOB, 1);
        append(ALICE, 2);
        step();
        assertEquals(List.of(1L, 2L), socket.offsets(1));
        assertEquals(3, session.cursor().position().offset());
        assertEquals(2, socket.frames.size());
    }

    @Test
    void eventsThatComeWhileAFrameIsInFlightAreTheNextFrame() {
        connect(new StartRequest.Latest());
        socket.slow = true;
        append(ALICE, 1);
        step();
        append(ALICE, 2);
        step();
        append(ALICE, 1);
        step();
        assertEquals(2, socket.frames.size(), "one frame in flight");
        socket.unwritten.remove().onFrameWritten();
        assertEquals(List.of(1L, 2L, 3L), socket.offsets(2));
    }

    @Test
    void aFailedWriteEndsTheSessionAndLeavesItsCursor() {
        Session session = connect(new StartRequest.Latest());
        socket.slow = true;
        append(ALICE, 1);
        step();
        assertEquals(1, session.cursor().position().offset(), "as if the frame in flight arrives");
        socket.unwritten.remove().onFrameFailed();
        assertTrue(session.isClosed());
        assertEquals(0, session.cursor().position().offset());
        assertEquals(0, hub.credit().used());
    }

    @Test
    void eventsBeforeTheWindowComeFromTheLogAndThenTheSessionIsCaughtUp() {
        append(ALICE, 3);
        append(BOB, 2);
        connect(new StartRequest.Earliest());
        for (int i = 0; i < 5; i++) {
            step();
        }
        assertEquals(List.of(0L, 1L, 2L), socket.offsets(0));
        assertInstanceOf(HubFrame.CaughtUp.class, socket.frames.get(1));
        append(ALICE, 1);
        step();
        assertEquals(List.of(5L), socket.offsets(2));
    }

    @Test
    void theCursorOfAQuietUserIsRefreshed() {
        Session session = connect(new StartRequest.Latest());
        append(BOB, 3);
        step();
        assertEquals(1, socket.frames.size(), "nothing for Alice");
        session.refreshCursor();
        assertEquals(List.of(), socket.offsets(1));
        assertEquals(3, session.cursor().position().offset());
    }
}
