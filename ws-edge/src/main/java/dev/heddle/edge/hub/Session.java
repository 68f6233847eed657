package dev.heddle.edge.hub;

import dev.heddle.event.Cursor;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connected client: a user and an offset. It has no queue.
 *
 * <p>Each step of a session is {@link #advance()}: once the last frame has been written, take the user's next events
 * after the offset as one frame. New events, missed ones, and events that piled up while the client was slow are
 * delivered by the same step. Only when some of them have left the window does a catch-up reader make the next frame's
 * batch instead:
 *
 * <pre>
 *   NEW --start--&gt; READING --records left the window------&gt; CATCHING_UP
 *    |                ^  ^                                    |
 *    | snapshot owed  |  +---------- a chunk has come --------+      any --end or close--&gt; CLOSED
 *    +-&gt; LOOKING_BACK-+
 *
 *   any of these three --no credit for the frame--&gt; WAITING --granted--&gt; READING, or LOOKING_BACK if the snapshot is owed
 * </pre>
 *
 * <p>A frame is made once the edge's {@link Credit} has room for it, and counts until its outcome is known, also when
 * the session is closed meanwhile. The session's position moves on only when the frame has been written. A failed write
 * ends the session, and so does any exception of its steps; other sessions are not affected.
 *
 * <p>Owned by its event loop: every method but {@link #user()} and {@link #isClosed()} is called there.
 */
public final class Session {
    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private final Start start;
    private final HubPartition partition;
    private final SessionSink sink;
    private final Executor loop;
    private final Executor lowPriority;
    private final Context hub;
    private final HubObserver observer;
    private final HeldCredit credit;
    private final Callbacks callbacks = new Callbacks();
    private final FrameInFlight inFlight;

    private volatile SessionState state = SessionState.NEW; // written by the event loop only
    private @Nullable RecordChain chain;
    private long hint = RecordChain.NONE;
    private long catchUpSince; // 0: not catching up
    private boolean caughtUp;
    private boolean advancing;

    /** A session's view of its hub. Any thread. */
    interface Context {
        /** The clock, the observer and the credit. */
        HubEnvironment environment();

        /** The budget of all windows. */
        ByteBudget windowBytes();

        /** The number of sessions in each state. */
        SessionCounts counts();

        /** The reason for which the hub has ended all sessions; null if it has not. */
        @Nullable
        EndReason ended();

        HubPartition partition(int number);

        /** The executor of a loop for tasks that come after live events. */
        Executor lowPriority(Executor loop);

        /** Asks the tail to read a partition. After the session has attached to it. */
        void requestTail(HubPartition partition, EventLog.Extent extent);

        /** Asks for a chunk of records from the log. */
        void catchUp(CatchUpRequest request);

        /** Asks for the snapshot that a session begins with. */
        void requestSnapshot(Start start, SnapshotRequest request);
    }

    Session(Start start, SessionSink sink, Executor loop, Context hub) {
        this.start = start;
        this.sink = sink;
        this.loop = loop;
        this.hub = hub;
        this.observer = hub.environment().observer();
        this.credit = new HeldCredit(hub.environment().credit());
        this.lowPriority = hub.lowPriority(loop);
        this.partition = hub.partition(start.partition());
        this.inFlight = new FrameInFlight(start.cursor(), sink, credit, callbacks);
    }

    /** Begins to deliver; call once {@code hello} has been written. */
    public void start() {
        if (state != SessionState.NEW) {
            return;
        }
        try {
            partition.waitForTail(callbacks);
            RecordChain mine = partition.attach(callbacks);
            chain = mine;
            credit.open(mine.account());
            EndReason ended = hub.ended();
            if (ended != null) {
                end(ended);
            } else if (inFlight.isSnapshotPending()) {
                requestSnapshot();
            } else {
                transitionTo(SessionState.READING);
                advanceLater();
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void transitionTo(SessionState next) {
        hub.counts().moved(state, next);
        state = next;
    }

    /** The user whose events this session delivers. Any thread. */
    public UserKey user() {
        return start.user();
    }

    /** True if nothing more will be delivered. Any thread. */
    public boolean isClosed() {
        return state == SessionState.CLOSED;
    }

    /**
     * The cursor after every frame that was handed to the socket, including the one in flight: no later frame arrives
     * unless that one does.
     */
    public Cursor cursor() {
        return inFlight.cursor();
    }

    // ---- the snapshot

    private void requestSnapshot() {
        transitionTo(SessionState.LOOKING_BACK);
        hub.requestSnapshot(start, new SnapshotRequest(callbacks, credit.handOver()));
    }

    /** Writes the snapshot, and goes on with the events after it. */
    private void writeSnapshot(HubFrame.Snapshot snapshot, HeldCredit taken) {
        if (state != SessionState.LOOKING_BACK) {
            taken.giveBack();
            return;
        }
        credit.receive(taken);
        transitionTo(SessionState.READING);
        try {
            inFlight.write(snapshot, inFlight.cursorAfterSnapshot());
            advance();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    // ---- events

    private void advanceLater() {
        lowPriority.execute(this::advance);
    }

    /** Takes the next step: writes one frame if none is in flight and there is something to deliver. */
    private void advance() {
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
                credit.giveBack(); // nothing was written after all
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        } finally {
            advancing = false;
        }
    }

    private boolean step() {
        Window window = partition.window();
        RecordChain mine = chain;
        if (window == null || mine == null) {
            hub.requestTail(partition, start.extent());
            return false;
        }
        int frameBytes = hub.environment().credit().frameBytes(mine.subscribers().length);
        ReadBatch batch = new ReadBatch(frameBytes, hint);
        Window.Read read = window.read(mine, inFlight.offset(), batch);
        observer.windowRead(read != Window.Read.BEFORE);
        if (read == Window.Read.BEFORE) {
            catchUp(frameBytes);
            return false;
        }
        if (catchUpSince != 0) {
            observer.caughtUpAfter(nanoTime() - catchUpSince);
            catchUpSince = 0;
        }
        hint = batch.hint();
        return deliver(batch);
    }

    private void catchUp(int frameBytes) {
        hint = RecordChain.NONE;
        transitionTo(SessionState.CATCHING_UP);
        catchUpSince = catchUpSince == 0 ? nanoTime() : catchUpSince;
        partition.stopWaiting(callbacks); // the tail's records lie behind those that are missing
        hub.catchUp(new CatchUpRequest(callbacks, inFlight.offset(), frameBytes, credit.handOver()));
    }

    private long nanoTime() {
        return hub.environment().nanoTime().getAsLong();
    }

    /** Delivers a chunk that catch-up has read. */
    private void takeChunk(CatchUpRequest request) {
        if (state != SessionState.CATCHING_UP) {
            request.abandon();
            return;
        }
        credit.receive(request.credit());
        if (request.missing() > 0) {
            awaitCredit(SessionState.CATCHING_UP, request.missing());
            return;
        }
        resumeReading();
        try {
            deliver(request.chunk());
            advance();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void resumeReading() {
        transitionTo(SessionState.READING);
        if (!caughtUp) {
            partition.waitForTail(callbacks);
        }
    }

    /** Writes a batch, or {@code caughtUp} at the end. True if the session may at once take another step. */
    private boolean deliver(ReadBatch batch) {
        if (start.isTruncated(batch.nextOffset(), batch.leaderEpoch())) {
            end(EndReason.LOG_CHANGED);
            return false;
        }
        EventsFrameBuilder frame = frameOf(batch, hub.environment().credit().mostItems());
        if (!frame.isEmpty() && !credit.take(Credit.ofFrame(frame.bytes()))) {
            frame = frameOf(batch, Credit.itemsOf(Math.max(credit.amount(), Credit.LEAST_FRAME_BYTES)));
            long least = Credit.ofFrame(frame.bytes());
            if (!credit.take(least)) {
                awaitCredit(SessionState.READING, least);
                return false;
            }
        }
        if (frame.isForeign()) {
            observer.foreignRefused();
            end(EndReason.FOREIGN_EVENT);
            return false;
        }
        if (!frame.isWhole()) {
            hint = RecordChain.NONE;
        }
        boolean further = frame.nextOffset() > inFlight.offset();
        Position then = further ? new Position(frame.nextOffset(), frame.leaderEpoch()) : inFlight.position();
        if (frame.isEmpty()) {
            inFlight.advanceTo(then);
            return writeCaughtUp() || !batch.isEmpty();
        }
        Cursor next = inFlight.cursorAt(then);
        inFlight.write(new HubFrame.Events(next.encode(), frame.records()), next);
        observer.delivered(
                frame.records().size(), frame.bytes(), frame.records().get(0).timestamp());
        return true;
    }

    private EventsFrameBuilder frameOf(ReadBatch batch, long maxBytes) {
        return EventsFrameBuilder.of(batch, start, maxBytes, hub.windowBytes(), observer);
    }

    private boolean writeCaughtUp() {
        if (caughtUp || inFlight.offset() < start.end()) {
            return false;
        }
        if (!credit.take(Credit.ofFrame(0))) {
            awaitCredit(SessionState.READING, Credit.ofFrame(0));
            return false;
        }
        caughtUp = true;
        partition.stopWaiting(callbacks);
        Cursor here = cursor();
        inFlight.write(new HubFrame.CaughtUp(here.encode()), here);
        return true;
    }

    /** Writes the cursor to a client whose own is older, so that the cursor of a quiet user does not age. */
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
                fail(e);
            }
        }
    }

    // ---- credit

    /**
     * Waits for an amount of credit, and then begins the step again.
     *
     * @param from state of the step that lacked the credit; nothing happens in another one
     */
    private void awaitCredit(SessionState from, long amount) {
        if (state == from) {
            hint = RecordChain.NONE;
            transitionTo(SessionState.WAITING);
            credit.await(amount, lowPriority, this::onCreditGranted);
        }
    }

    private void onCreditGranted(long amount) {
        if (state != SessionState.WAITING) {
            credit.giveBack(amount);
            return;
        }
        credit.receive(amount);
        try {
            if (inFlight.isSnapshotPending()) {
                requestSnapshot();
            } else {
                resumeReading();
                advance();
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    // ---- the end

    /** Ends this session after a bug, or a failure of a collaborator. */
    private void fail(Throwable bug) {
        log.atError().setCause(bug).log("A session failed");
        end(EndReason.INTERNAL);
    }

    /** Ends the session and its connection. */
    private void end(EndReason reason) {
        if (state != SessionState.CLOSED) {
            close();
            sink.close(reason);
        }
    }

    /** Ends delivery, as the connection has ended or will. Idempotent. */
    public void close() {
        if (state != SessionState.CLOSED) {
            transitionTo(SessionState.CLOSED);
            credit.withdraw();
            RecordChain mine = chain;
            if (mine != null) {
                partition.detach(callbacks, mine);
                chain = null;
            }
        }
        if (!inFlight.isOpen()) { // or else with its outcome
            credit.giveBack();
        }
    }

    /** This session as its collaborators see it. */
    private final class Callbacks
            implements Subscriber, FrameOutcome, CatchUpRequest.Requester, SnapshotRequest.Requester {
        @Override
        public UserKey user() {
            return start.user();
        }

        @Override
        public long offset() {
            return inFlight.offset();
        }

        @Override
        public long endAtConnect() {
            return start.end();
        }

        @Override
        public Executor loop() {
            return loop;
        }

        @Override
        public void advance() {
            Session.this.advance();
        }

        @Override
        public void end(EndReason reason) {
            Session.this.end(reason);
        }

        @Override
        public boolean isClosed() {
            return Session.this.isClosed();
        }

        @Override
        public void onChunk(CatchUpRequest request) {
            lowPriority.execute(() -> takeChunk(request));
        }

        @Override
        public void onSnapshot(HubFrame.Snapshot snapshot, HeldCredit taken) {
            loop.execute(() -> writeSnapshot(snapshot, taken));
        }

        @Override
        public void onSnapshotLacksCredit(long amount) {
            loop.execute(() -> awaitCredit(SessionState.LOOKING_BACK, amount));
        }

        @Override
        public void onFailed(EndReason reason) {
            loop.execute(() -> end(reason));
        }

        @Override
        public void onFrameWritten() {
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
        public void onFrameFailed() {
            close();
        }
    }
}
