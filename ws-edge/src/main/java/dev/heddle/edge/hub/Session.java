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
 *
 *   any of these three --no credit for the frame--&gt; WAITING --granted--&gt; READING, or LOOKING_BACK if the snapshot is owed
 * </pre>
 *
 * <p>A frame is made once the edge's {@link Credit} has room for it, and counts until its outcome is known, also when
 * the session is closed meanwhile. Where the session stands moves on only when the frame has left. A failed write ends
 * the session, and so does whatever its steps throw; other sessions notice nothing of it.
 *
 * <p>Owned by its event loop: every method but {@link #loop()}, {@link #unhurried()}, {@link #user()},
 * {@link #credit()} and {@link #isClosed()} is called there.
 */
public final class Session {
    private final Start start;
    private final PartitionInDemand partition;
    private final SessionSink sink;
    private final Executor loop;
    private final Executor unhurried;
    private final Hub hub;
    private final HeldCredit credit;
    private final FrameInFlight inFlight;

    private volatile SessionState state = SessionState.NEW; // written by the event loop only
    private @Nullable Strand strand;
    private long hint = Strand.NONE;
    private long catchUpSince; // 0: not catching up
    private boolean caughtUp;
    private boolean advancing;

    Session(Start start, SessionSink sink, Executor loop, Hub hub) {
        this.start = start;
        this.sink = sink;
        this.loop = loop;
        this.hub = hub;
        this.credit = new HeldCredit(hub.credit());
        this.unhurried = hub.unhurried(loop);
        this.partition = hub.partition(start.partition());
        this.inFlight = new FrameInFlight(start.cursor(), sink, credit, new WriteOutcome());
    }

    /** Begins to deliver; call once {@code hello} has been written. */
    public void start() {
        if (state != SessionState.NEW) {
            return;
        }
        try {
            partition.waitForTail(this);
            Strand mine = partition.attach(this);
            strand = mine;
            credit.open(mine.account());
            Ending ended = hub.ended();
            if (ended != null) {
                end(ended);
            } else if (inFlight.isSnapshotPending()) {
                lookBack();
            } else {
                become(SessionState.READING);
                advanceLater();
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private void become(SessionState next) {
        hub.sessions().moved(state, next);
        state = next;
    }

    private void lookBack() {
        become(SessionState.LOOKING_BACK);
        hub.lookBack(start, new SnapshotRequest(this, credit.handOver()));
    }

    /**
     * Writes the snapshot, and goes on with what came after it.
     *
     * @param amount of the credit, taken for it
     */
    void tell(HubFrame.Snapshot snapshot, long amount) {
        if (state != SessionState.LOOKING_BACK) {
            credit.giveBack(amount);
            return;
        }
        credit.put(amount);
        become(SessionState.READING);
        try {
            inFlight.write(snapshot, inFlight.cursorAfterSnapshot());
            advance();
        } catch (RuntimeException | Error e) {
            failed(e);
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

    /** What this session holds of the credit. Any thread, for the credit and the account. */
    HeldCredit credit() {
        return credit;
    }

    private void advanceLater() {
        unhurried.execute(this::advance);
    }

    /** The next offset that the session has not looked at yet. */
    long offset() {
        return inFlight.offset();
    }

    /** The end of the partition when the client connected. */
    long endAtStart() {
        return start.end();
    }

    /** Whether nothing more will be delivered. Any thread. */
    public boolean isClosed() {
        return state == SessionState.CLOSED;
    }

    /**
     * Where a client continues that has applied every frame that was handed to the socket: the one in flight too, for
     * nothing that is written after it arrives unless it does.
     */
    public Cursor cursor() {
        return inFlight.cursor();
    }

    /** Takes the next step: one frame if the socket has drained and there is something to say. */
    void advance() {
        if (advancing) {
            return; // the loop below goes on
        }
        advancing = true;
        try {
            boolean more = true;
            while (more && state == SessionState.READING && !inFlight.isOpen()) {
                more = step();
                if (more && !inFlight.isOpen() && !caughtUp) {
                    advanceLater();
                    break;
                }
            }
            if (!inFlight.isOpen()) {
                credit.giveBack(); // there was nothing to write after all
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        } finally {
            advancing = false;
        }
    }

    private boolean step() {
        Window window = partition.window();
        Strand mine = strand;
        if (window == null || mine == null) {
            hub.demand(partition, start.extent());
            return false;
        }
        int frameBytes = credit.credit().frameBytes(mine.sessions().length);
        ReadBatch batch = new ReadBatch(frameBytes, hint);
        Window.Read read = window.read(mine, inFlight.offset(), batch);
        hub.observer().windowRead(read != Window.Read.BEFORE);
        if (read == Window.Read.BEFORE) {
            hint = Strand.NONE;
            become(SessionState.CATCHING_UP);
            catchUpSince = catchUpSince == 0 ? hub.nanoTime() : catchUpSince;
            partition.waitNoMore(this); // what the tail brings is not for it yet
            hub.catchUp(new CatchUpRequest(this, inFlight.offset(), frameBytes, credit.handOver()));
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
    void caughtUp(CatchUpRequest request) {
        if (state != SessionState.CATCHING_UP) {
            request.abandon();
            return;
        }
        credit.put(request.takeHeld());
        if (request.missing() > 0) {
            needs(SessionState.CATCHING_UP, request.missing());
            return;
        }
        readOn();
        try {
            deliver(request.chunk());
            advance();
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private void readOn() {
        become(SessionState.READING);
        if (!caughtUp) {
            partition.waitForTail(this);
        }
    }

    /** Writes a batch, or says that the end is reached. True if the session may at once take another step. */
    private boolean deliver(ReadBatch batch) {
        if (start.isCut(batch.nextOffset(), batch.leaderEpoch())) {
            end(Ending.LOG_CHANGED);
            return false;
        }
        FrameEvents frame = FrameEvents.of(batch, start, hub.credit().mostItems(), hub);
        if (!frame.isEmpty() && !credit.take(Credit.ofFrame(frame.bytes()))) {
            frame = FrameEvents.of(
                    batch, start, Credit.itemsOf(Math.max(credit.amount(), Credit.LEAST_FRAME_BYTES)), hub);
            long least = Credit.ofFrame(frame.bytes());
            if (!credit.take(least)) {
                needs(SessionState.READING, least);
                return false;
            }
        }
        if (frame.isForeign()) {
            hub.observer().foreignRefused();
            end(Ending.FOREIGN_EVENT);
            return false;
        }
        if (!frame.isWhole()) {
            hint = Strand.NONE;
        }
        boolean further = frame.nextOffset() > inFlight.offset();
        Position then = further ? new Position(frame.nextOffset(), frame.leaderEpoch()) : inFlight.place();
        if (frame.isEmpty()) {
            inFlight.pass(then);
            return sayCaughtUp() || !batch.isEmpty();
        }
        Cursor next = inFlight.cursorAt(then);
        inFlight.write(new HubFrame.Events(next.encode(), frame.events()), next);
        hub.observer()
                .delivered(
                        frame.events().size(),
                        frame.bytes(),
                        frame.events().get(0).timestamp());
        return true;
    }

    private boolean sayCaughtUp() {
        if (caughtUp || inFlight.offset() < start.end()) {
            return false;
        }
        if (!credit.take(Credit.ofFrame(0))) {
            needs(SessionState.READING, Credit.ofFrame(0));
            return false;
        }
        caughtUp = true;
        partition.waitNoMore(this);
        Cursor here = cursor();
        inFlight.write(new HubFrame.CaughtUp(here.encode()), here);
        return true;
    }

    /**
     * Tells the client how far it has come, if that is further than it knows: so a quiet user's cursor does not age.
     */
    public void refreshCursor() {
        if (state != SessionState.READING || !caughtUp || inFlight.isOpen()) {
            return;
        }
        advance();
        if (state == SessionState.READING
                && !inFlight.isOpen()
                && inFlight.isAheadOfClient()
                && credit.take(Credit.ofFrame(0))) {
            try {
                Cursor here = cursor();
                inFlight.write(new HubFrame.Events(here.encode(), List.of()), here);
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        }
    }

    // ---- credit

    /**
     * Has the session wait for its turn to have so much of the credit, and then begin its step again.
     *
     * @param from the state in which it lacked that; nothing happens in another one
     */
    void needs(SessionState from, long amount) {
        if (state == from) {
            hint = Strand.NONE;
            become(SessionState.WAITING);
            credit.await(amount, unhurried, this::granted);
        }
    }

    private void granted(long amount) {
        if (state != SessionState.WAITING) {
            credit.giveBack(amount);
            return;
        }
        credit.put(amount);
        try {
            if (inFlight.isSnapshotPending()) {
                lookBack();
            } else {
                readOn();
                advance();
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private final class WriteOutcome implements FrameOutcome {
        @Override
        public void left() {
            if (advancing || state != SessionState.READING) {
                return; // the loop in advance() goes on
            }
            if (caughtUp) {
                advance();
            } else {
                advanceLater();
            }
        }

        @Override
        public void failed() {
            close();
        }
    }

    // ---- the end

    /** A bug, or a broken collaborator: ends this session; the others go on. */
    private void failed(Throwable why) {
        hub.failed(why);
        end(Ending.INTERNAL);
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
        if (state != SessionState.CLOSED) {
            become(SessionState.CLOSED);
            credit.withdraw();
            Strand mine = strand;
            if (mine != null) {
                partition.detach(this, mine);
                strand = null;
            }
        }
        if (!inFlight.isOpen()) { // or else with its outcome
            credit.giveBack();
        }
    }
}
