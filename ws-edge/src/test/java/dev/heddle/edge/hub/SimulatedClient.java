package dev.heddle.edge.hub;

import dev.heddle.event.Cursor;
import dev.heddle.event.MalformedCursorException;
import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A client as the contract sees it: applies frames, keeps the last cursor, drains or stalls, and judges what it gets
 * against the log itself. Its state outlives its connections.
 */
final class SimulatedClient {
    /** What a client does with frames on their way to it. */
    enum Socket {
        GONE,
        DRAINING,
        STALLED
    }

    /** What becomes of the next frame. */
    enum NextWrite {
        ARRIVES,
        /** The socket takes it, and then it fails. */
        FAILS,
        /** The socket throws. */
        THROWS
    }

    /** A frame that the socket has, and how large it is. */
    private record Frame(FrameOutcome outcome, long bytes, NextWrite fate) {}

    private final UserKey user;
    private final Subscription subscription;
    private final Oracle oracle;
    private @Nullable String cursor;
    private @Nullable Session session;
    private Socket socket = Socket.GONE;
    private NextWrite nextWrite = NextWrite.ARRIVES;
    private boolean threw;
    private @Nullable BrokenPromise broken; // the first one: a session catches what its socket throws
    private final List<Frame> undrained = new ArrayList<>();
    private final List<Frame> dying = new ArrayList<>(); // of connections that have ended
    private boolean caughtUp;
    private long connectEnd;
    private @Nullable EndReason ended;

    SimulatedClient(UserKey user, Subscription subscription, Oracle oracle) {
        this.user = user;
        this.subscription = subscription;
        this.oracle = oracle;
    }

    UserKey user() {
        return user;
    }

    Subscription subscription() {
        return subscription;
    }

    @Nullable
    String cursor() {
        return cursor;
    }

    boolean isConnected() {
        return session != null;
    }

    boolean isStalled() {
        return socket == Socket.STALLED;
    }

    Session session() {
        Session open = session;
        if (open == null) {
            throw new IllegalStateException("not connected");
        }
        return open;
    }

    /** Takes {@code hello} in. */
    void hello(Start start, Session opened) {
        cursor = start.cursor().encode();
        session = opened;
        socket = Socket.DRAINING;
        caughtUp = false;
        connectEnd = start.end();
        ended = null;
    }

    /** The connection breaks; what the edge would have said in a goodbye is where the client goes on. */
    void disconnect() {
        if (undrained.stream().noneMatch(frame -> frame.fate() == NextWrite.FAILS)) {
            goodbye();
        }
        session().close();
        gone();
    }

    /** A cursor that the edge tells with nothing between: no event may lie before it that has not come. */
    private void goodbye() {
        Cursor before = parsed(cursor);
        Cursor told = session().cursor();
        if (told.isSnapshotPending() != before.isSnapshotPending()) {
            throw new BrokenPromise(Promise.HONEST_RESUME, "a goodbye forgets the snapshot that is owed");
        }
        judge(before, told, List.of());
        cursor = told.encode();
    }

    private void said() {
        try {
            goodbye();
        } catch (BrokenPromise e) {
            broken = broken == null ? e : broken;
        }
    }

    /** Fails if a promise was broken in a call of the hub's, which may have caught it. */
    void judge() {
        BrokenPromise first = broken;
        if (first != null) {
            throw first;
        }
    }

    private void gone() {
        session = null;
        socket = Socket.GONE;
        dying.addAll(undrained);
        undrained.clear();
    }

    /** The kernel lets go of what ended connections have left behind. */
    void bury() {
        List<Frame> dead = List.copyOf(dying);
        dying.clear();
        dead.forEach(frame -> frame.outcome().onFrameFailed());
    }

    /**
     * What this client's sockets hold.
     *
     * @param counted what a frame with so many bytes of events counts
     */
    long held(LongUnaryOperator counted) {
        long held = 0;
        for (Frame frame : undrained) {
            held += counted.applyAsLong(frame.bytes());
        }
        for (Frame frame : dying) {
            held += counted.applyAsLong(frame.bytes());
        }
        return held;
    }

    /** Decides what becomes of the next frame. */
    void nextWrite(NextWrite fate) {
        nextWrite = fate;
    }

    void stall() {
        socket = Socket.STALLED;
    }

    /** Takes what is on its way, and goes on taking. */
    void drain() {
        socket = Socket.DRAINING;
        List<Frame> left = List.copyOf(undrained);
        undrained.clear();
        for (Frame frame : left) {
            if (frame.fate() == NextWrite.FAILS) {
                fail(frame.outcome());
            } else {
                frame.outcome().onFrameWritten();
            }
        }
    }

    /**
     * A write fails, which ends the connection; where the session says that it stands, nothing of the frame is before.
     */
    private void fail(FrameOutcome outcome) {
        outcome.onFrameFailed();
        if (!session().isClosed()) {
            throw new BrokenPromise(Promise.NO_FAILURE, "a session goes on after a failed write");
        }
        said();
        gone();
    }

    /** The sink of one connection: frames of an earlier one never arrive. */
    SessionSink sink() {
        return new SessionSink() {
            private boolean closed;

            @Override
            public void write(HubFrame frame, FrameOutcome outcome) {
                try {
                    take(frame, outcome);
                } catch (BrokenPromise e) {
                    broken = broken == null ? e : broken;
                    throw e;
                }
            }

            private void take(HubFrame frame, FrameOutcome outcome) {
                if (closed) {
                    throw new BrokenPromise(Promise.NO_FAILURE, "a frame after the close");
                }
                NextWrite fate = nextWrite;
                nextWrite = NextWrite.ARRIVES;
                if (fate == NextWrite.THROWS) {
                    threw = true;
                    throw new OutOfMemoryError("of a test");
                }
                if (fate == NextWrite.ARRIVES) {
                    apply(frame);
                }
                if (!undrained.isEmpty()) {
                    throw new BrokenPromise(Promise.BOUNDED, "a second frame before the first has left");
                }
                if (socket == Socket.STALLED) {
                    undrained.add(new Frame(outcome, bytes(frame), fate));
                } else if (fate == NextWrite.FAILS) {
                    fail(outcome);
                } else {
                    outcome.onFrameWritten();
                }
            }

            @Override
            public void close(EndReason reason) {
                if (reason == EndReason.INTERNAL && !threw && broken == null) {
                    broken = new BrokenPromise(Promise.NO_FAILURE, "a session failed");
                }
                if (threw) {
                    said();
                }
                threw = false;
                closed = true;
                ended = reason;
                gone();
            }
        };
    }

    private static long bytes(HubFrame frame) {
        return frame instanceof HubFrame.Events events
                ? events.records().stream()
                        .mapToLong(record -> record.item().json().length)
                        .sum()
                : 0;
    }

    /** Why the hub ended the last connection; null if it did not. */
    @Nullable
    EndReason ended() {
        return ended;
    }

    private void apply(HubFrame frame) {
        Cursor before = parsed(cursor);
        Cursor after = parsed(frame.cursor());
        if (frame instanceof HubFrame.Events events) {
            judge(before, after, events.records());
        } else if (frame instanceof HubFrame.CaughtUp) {
            judge(before, after, List.of());
            if (caughtUp) {
                throw new BrokenPromise(Promise.NOTHING_TWICE, "caughtUp twice");
            }
            if (after.position().offset() < connectEnd) {
                throw new BrokenPromise(Promise.NOTHING_LOST, "caughtUp before the end at connect");
            }
            caughtUp = true;
        }
        if (frame instanceof HubFrame.Snapshot snapshot) {
            if (!frame.cursor().equals(cursor) || !before.isSnapshotPending()) {
                throw new BrokenPromise(
                        Promise.HONEST_RESUME, "a snapshot for another cursor, or for none that was owed");
            }
            oracle.judgeSnapshot(user, snapshot);
            cursor = before.withFlags(0).encode();
            return;
        }
        if (before.isSnapshotPending()) {
            throw new BrokenPromise(Promise.HONEST_RESUME, "events before the snapshot that is owed");
        }
        cursor = frame.cursor();
    }

    private void judge(Cursor before, Cursor after, List<LogRecord> got) {
        oracle.judge(user, subscription, new Oracle.Between(before, after), got);
    }

    /** At rest, with everything drained: the session has told all there is. */
    void judgeAtRest(long end) {
        if (session == null) {
            return;
        }
        if (!caughtUp) {
            throw new BrokenPromise(Promise.NOTHING_LOST, user.value() + " was never told caughtUp");
        }
        oracle.judgeAtRest(user, subscription, parsed(cursor), end);
    }

    private static Cursor parsed(@Nullable String text) {
        try {
            return Cursor.parse(String.valueOf(text));
        } catch (MalformedCursorException e) {
            throw new BrokenPromise(Promise.HONEST_RESUME, "the hub told a cursor that is none: " + text);
        }
    }
}
