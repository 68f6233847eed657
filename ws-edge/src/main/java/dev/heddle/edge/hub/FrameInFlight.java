package dev.heddle.edge.hub;

import dev.heddle.event.Cursor;
import dev.heddle.event.Position;

/**
 * The one frame on its way to a session's client, and the client's position in the log. The position moves on only when
 * all of a frame has been written; a frame that fails leaves it unchanged. Owned by the session's event loop.
 */
final class FrameInFlight implements FrameOutcome {
    private final SessionSink sink;
    private final HeldCredit credit;
    private final FrameOutcome session;

    private Cursor cursor; // only its flags are current: its position is the last frame's
    private long offset;
    private int leaderEpoch;
    private long clientOffset;
    private boolean open;
    private Cursor cursorAfter;

    /**
     * No frame yet.
     *
     * @param cursor the cursor of {@code hello}
     * @param credit held for the frame; given back when it has been written
     * @param session called with each frame's outcome, once the position has moved on
     */
    FrameInFlight(Cursor cursor, SessionSink sink, HeldCredit credit, FrameOutcome session) {
        this.sink = sink;
        this.credit = credit;
        this.session = session;
        this.cursor = cursor;
        this.offset = cursor.position().offset();
        this.leaderEpoch = cursor.position().leaderEpoch();
        this.clientOffset = offset;
        this.cursorAfter = cursor;
    }

    /** True if a frame is in flight. */
    boolean isOpen() {
        return open;
    }

    /** The offset before which everything has been written to the client or is not for it. */
    long offset() {
        return offset;
    }

    /** True if the client's own cursor is older than the position. */
    boolean isAheadOfClient() {
        return offset > clientOffset;
    }

    boolean isSnapshotPending() {
        return cursor.isSnapshotPending();
    }

    /** The client's position. */
    Position position() {
        return new Position(offset, leaderEpoch);
    }

    /** The cursor after all frames, including the one in flight. */
    Cursor cursor() {
        return open ? cursorAfter : cursor.at(position());
    }

    /** The client's cursor moved to another position. */
    Cursor cursorAt(Position position) {
        return cursor.at(position);
    }

    /** The client's cursor after the snapshot that is owed. */
    Cursor cursorAfterSnapshot() {
        return cursor.withFlags(0);
    }

    /** Moves the position on over records that are not for this client. */
    void advanceTo(Position next) {
        offset = next.offset();
        leaderEpoch = next.leaderEpoch();
    }

    /**
     * Hands a frame to the socket, with the credit that is held.
     *
     * @param next cursor after the frame
     */
    void write(HubFrame frame, Cursor next) {
        open = true;
        cursorAfter = next;
        boolean written = false;
        try {
            sink.write(frame, this);
            written = true;
        } finally {
            open &= written;
        }
    }

    @Override
    public void onFrameWritten() {
        if (open) {
            open = false;
            credit.giveBack();
            cursor = cursorAfter;
            advanceTo(cursorAfter.position());
            clientOffset = offset;
            session.onFrameWritten();
        }
    }

    @Override
    public void onFrameFailed() {
        if (open) {
            open = false;
            session.onFrameFailed();
        }
    }
}
