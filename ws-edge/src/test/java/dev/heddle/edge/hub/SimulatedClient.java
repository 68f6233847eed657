package dev.heddle.edge.hub;

import dev.heddle.event.Cursor;
import dev.heddle.event.MalformedCursorException;
import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client as the contract sees it: applies frames, keeps the last cursor, drains or stalls, and judges what it gets against the
 * log itself. Its state outlives its connections.
 */
final class SimulatedClient {
    /** What a client does with frames on their way to it. */
    enum Socket {
        GONE,
        DRAINING,
        STALLED
    }

    private final UserKey user;
    private final Subscription subscription;
    private final Oracle oracle;
    private @Nullable String cursor;
    private @Nullable Session session;
    private Socket socket = Socket.GONE;
    private final List<Runnable> undrained = new ArrayList<>();
    private boolean caughtUp;
    private long connectEnd;
    private @Nullable Ending ended;

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

    /** The connection breaks; the client keeps its cursor. */
    void disconnect() {
        session().close();
        gone();
    }

    private void gone() {
        session = null;
        socket = Socket.GONE;
        undrained.clear();
    }

    void stall() {
        socket = Socket.STALLED;
    }

    /** Takes what is on its way, and goes on taking. */
    void drain() {
        socket = Socket.DRAINING;
        List<Runnable> left = List.copyOf(undrained);
        undrained.clear();
        left.forEach(Runnable::run);
    }

    /** The sink of one connection: frames of an earlier one never arrive. */
    SessionSink sink() {
        return new SessionSink() {
            private boolean closed;

            @Override
            public void write(HubFrame frame, Runnable left) {
                if (closed) {
                    throw new BrokenPromise(Promise.NO_FAILURE, "a frame after the close");
                }
                apply(frame);
                if (!undrained.isEmpty()) {
                    throw new BrokenPromise(Promise.BOUNDED, "a second frame before the first has left");
                }
                if (socket == Socket.STALLED) {
                    undrained.add(left);
                } else {
                    left.run();
                }
            }

            @Override
            public void close(Ending ending) {
                if (ending == Ending.INTERNAL) {
                    throw new BrokenPromise(Promise.NO_FAILURE, "a session failed");
                }
                closed = true;
                ended = ending;
                gone();
            }
        };
    }

    /** Why the hub ended the last connection; null if it did not. */
    @Nullable
    Ending ended() {
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
