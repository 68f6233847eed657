package dev.heddle.edge.hub;

import dev.heddle.event.Cursor;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One connected client: a user and an offset, nothing more. It has no queue.
 *
 * <p>Everything that a session does is {@link #advance()}: when its socket has drained, take the user's next events
 * after the offset as one frame. Whether they are new, missed, or piled up while the client was slow makes no
 * difference. Only when some of those have left the window is a catch-up reader asked for the next frame instead:
 *
 * <pre>
 *   NEW --start--&gt; READING --lost by the window---------&gt; CATCHING_UP
 *    |                ^  ^                                    |
 *    | snapshot owed  |  +---------- a chunk has come --------+      any --end or close--&gt; CLOSED
 *    +-&gt; LOOKING_BACK-+
 * </pre>
 *
 * <p>Owned by its event loop: every method but {@link #loop()}, {@link #user()} is called there.
 */
public final class Session {
    private final Start start;
    private final PartitionInDemand partition;
    private final SessionSink sink;
    private final Executor loop;
    private final Executor unhurried;
    private final Hub hub;

    private volatile SessionState state = SessionState.NEW; // written by the event loop only
    private @Nullable Strand strand;
    private Cursor cursor;
    private long offset;
    private int leaderEpoch;
    private long hint = Strand.NONE;
    private long toldOffset;
    private long catchUpSince; // 0: not catching up
    private boolean caughtUp;
    private boolean inFlight;
    private long inFlightBytes;
    private boolean advancing;

    Session(Start start, SessionSink sink, Executor loop, Hub hub) {
        this.start = start;
        this.sink = sink;
        this.loop = loop;
        this.hub = hub;
        this.unhurried = hub.unhurried(loop);
        this.partition = hub.partition(start.partition());
        this.cursor = start.cursor();
        Position position = cursor.position();
        this.offset = position.offset();
        this.leaderEpoch = position.leaderEpoch();
        this.toldOffset = offset;
    }

    /** Begins to deliver; call once {@code hello} has been written. */
    public void start() {
        if (state != SessionState.NEW) {
            return;
        }
        partition.waitForTail(this);
        strand = partition.attach(this);
        Ending ended = hub.ended();
        if (ended != null) {
            end(ended);
        } else if (start.cursor().isSnapshotPending()) {
            become(SessionState.LOOKING_BACK);
            hub.lookBack(start, snapshot -> loop.execute(() -> tell(snapshot)));
        } else {
            become(SessionState.READING);
            advanceLater();
        }
    }

    private void become(SessionState next) {
        hub.sessions().moved(state, next);
        state = next;
    }

    /** Writes the snapshot, and goes on with what came after it. */
    private void tell(HubFrame.Snapshot snapshot) {
        if (state == SessionState.LOOKING_BACK) {
            become(SessionState.READING);
            cursor = start.cursor().withFlags(0);
            write(snapshot, 0);
            advance();
        }
    }

    /** The user whose events this session delivers. Any thread. */
    public UserKey user() {
        return start.user();
    }

    /** The event loop that owns this session. Any thread. */
    Executor loop() {
        return loop;
    }

    /** The same loop, for what others' live events go before. Any thread. */
    Executor unhurried() {
        return unhurried;
    }

    private void advanceLater() {
        unhurried.execute(this::advance);
    }

    /** The next offset that the session has not looked at yet. */
    long offset() {
        return offset;
    }

    /** The end of the partition when the client connected. */
    long endAtStart() {
        return start.end();
    }

    /** Whether nothing more will be delivered. */
    public boolean isClosed() {
        return state == SessionState.CLOSED;
    }

    /** Where a client that has applied every frame so far continues. */
    public Cursor cursor() {
        return cursor.at(new Position(offset, leaderEpoch));
    }

    /** Takes the next step: one frame if the socket has drained and there is something to say. */
    void advance() {
        if (advancing) {
            return; // the loop below goes on
        }
        advancing = true;
        try {
            boolean more = true;
            while (more && state == SessionState.READING && !inFlight) {
                more = step();
                if (more && !inFlight && !caughtUp) {
                    advanceLater();
                    return;
                }
            }
        } catch (RuntimeException e) {
            hub.failed(e);
            end(Ending.INTERNAL);
        } finally {
            advancing = false;
        }
    }

    private boolean step() {
        Window window = partition.window();
        if (window == null) {
            hub.demand(partition, start.extent());
            return false;
        }
        ReadBatch batch = new ReadBatch(hub.frameBytes(), hint);
        Strand mine = strand;
        Window.Read read = mine == null ? Window.Read.BEFORE : window.read(mine, offset, batch);
        hub.observer().windowRead(read != Window.Read.BEFORE);
        if (read == Window.Read.BEFORE) {
            hint = Strand.NONE;
            become(SessionState.CATCHING_UP);
            catchUpSince = catchUpSince == 0 ? hub.nanoTime() : catchUpSince;
            partition.waitNoMore(this); // what the tail brings is not for it yet
            hub.catchUp(this, offset);
            return false;
        }
        if (catchUpSince != 0) {
            hub.observer().caughtUpAfter(hub.nanoTime() - catchUpSince);
            catchUpSince = 0;
        }
        hint = batch.hint();
        return deliver(batch);
    }

    /** Takes what catch-up has read. */
    void caughtUp(ReadBatch chunk) {
        if (state != SessionState.CATCHING_UP) {
            return;
        }
        become(SessionState.READING);
        if (!caughtUp) {
            partition.waitForTail(this);
        }
        deliver(chunk);
        advance();
    }

    /** Writes a batch, or says that the end is reached. True if the session may at once take another step. */
    private boolean deliver(ReadBatch batch) {
        if (start.isCut(batch.nextOffset(), batch.leaderEpoch())) {
            end(Ending.LOG_CHANGED);
            return false;
        }
        FrameEvents frame = new FrameEvents(start, hub);
        boolean whole = true;
        for (LogRecord record : batch.records()) {
            FrameEvents.Taken taken = frame.add(record);
            if (taken == FrameEvents.Taken.FOREIGN) {
                hub.observer().foreignRefused();
                end(Ending.FOREIGN_EVENT);
                return false;
            }
            if (taken == FrameEvents.Taken.FULL) { // as JSON it is longer than it was stored
                whole = false;
                hint = Strand.NONE;
                break;
            }
            stand(record.offset() + 1, record.leaderEpoch());
        }
        if (whole) {
            stand(batch.nextOffset(), batch.leaderEpoch());
        }
        List<LogRecord> events = frame.events();
        if (events.isEmpty()) {
            return sayCaughtUp() || !batch.isEmpty();
        }
        write(new HubFrame.Events(cursor().encode(), events), frame.bytes());
        hub.observer().delivered(events.size(), frame.bytes(), events.get(0).timestamp());
        return true;
    }

    private void stand(long next, int epoch) {
        if (next > offset) {
            offset = next;
            leaderEpoch = epoch;
        }
    }

    private boolean sayCaughtUp() {
        if (caughtUp || offset < start.end()) {
            return false;
        }
        caughtUp = true;
        partition.waitNoMore(this);
        write(new HubFrame.CaughtUp(cursor().encode()), 0);
        return true;
    }

    /** Tells the client how far it has come, if that is further than it knows: so a quiet user's cursor does not age. */
    public void refreshCursor() {
        if (state == SessionState.READING && caughtUp && !inFlight) {
            advance();
            if (state == SessionState.READING && !inFlight && offset > toldOffset) {
                write(new HubFrame.Events(cursor().encode(), List.of()), 0);
            }
        }
    }

    private void write(HubFrame frame, long bytes) {
        inFlight = true;
        inFlightBytes = bytes;
        toldOffset = offset;
        hub.inFlightBytes().add(bytes);
        sink.write(frame, this::left);
    }

    private void left() {
        if (inFlight) {
            landed();
            if (advancing) {
                return; // the loop there goes on
            }
            if (caughtUp) {
                advance();
            } else {
                advanceLater();
            }
        }
    }

    private void landed() {
        inFlight = false;
        hub.inFlightBytes().add(-inFlightBytes);
        inFlightBytes = 0;
    }

    /** Ends the session and its connection, of the hub's own accord. */
    void end(Ending ending) {
        if (state != SessionState.CLOSED) {
            close();
            sink.close(ending);
        }
    }

    /** The connection is gone, or going: deliver nothing more. Idempotent. */
    public void close() {
        if (state == SessionState.CLOSED) {
            return;
        }
        become(SessionState.CLOSED);
        if (inFlight) {
            landed();
        }
        Strand mine = strand;
        if (mine != null) {
            partition.detach(this, mine);
            strand = null;
        }
    }
}
