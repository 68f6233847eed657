package dev.heddle.edge.hub;

import dev.heddle.event.Cursor;
import dev.heddle.event.Position;

/**
 * The one frame that is on its way to a session's client, and the client's place in the log. The place moves on over a
 * frame only when all of the frame has left; a frame that fails leaves it where it was. Owned by the session's event
 * loop.
 */
final class FrameInFlight implements FrameOutcome {
    private final SessionSink sink;
    private final HeldCredit credit;
    private final FrameOutcome session;

    private Cursor cursor; // its flags hold, its position is the last frame's
    private long offset;
    private int leaderEpoch;
    private long toldOffset;
    private boolean open;
    private Cursor after; // where the client stands once the frame has left

    /**
     * No frame yet.
     *
     * @param cursor that the client has been told in {@code hello}
     * @param credit that a frame holds; given back when it has left
     * @param session told of what became of each frame, once the place has moved on
     */
    FrameInFlight(Cursor cursor, SessionSink sink, HeldCredit credit, FrameOutcome session) {
        this.sink = sink;
        this.credit = credit;
        this.session = session;
        this.cursor = cursor;
        this.offset = cursor.position().offset();
        this.leaderEpoch = cursor.position().leaderEpoch();
        this.toldOffset = offset;
        this.after = cursor;
    }

    /** Whether there is one. */
    boolean isOpen() {
        return open;
    }

    /** The next offset that the client has not been told of, and nothing lies before it that the client wants. */
    long offset() {
        return offset;
    }

    /** Whether the client knows of an earlier place only: nothing for it came between. */
    boolean isAheadOfClient() {
        return offset > toldOffset;
    }

    boolean isSnapshotPending() {
        return cursor.isSnapshotPending();
    }

    /** The client's place. */
    Position place() {
        return new Position(offset, leaderEpoch);
    }

    /** Where the client stands once it has applied every frame that was written, the one in flight too. */
    Cursor cursor() {
        return open ? after : cursor.at(place());
    }

    /** A cursor at another place. */
    Cursor cursorAt(Position place) {
        return cursor.at(place);
    }

    /** Where the client stands once it has the snapshot that is owed. */
    Cursor cursorAfterSnapshot() {
        return cursor.withFlags(0);
    }

    /** Moves on over a stretch in which nothing is for this client. */
    void pass(Position then) {
        offset = then.offset();
        leaderEpoch = then.leaderEpoch();
    }

    /**
     * Hands a frame to the socket, with the credit that is held.
     *
     * @param then where the client stands once it has the frame
     */
    void write(HubFrame frame, Cursor then) {
        open = true;
        after = then;
        boolean written = false;
        try {
            sink.write(frame, this);
            written = true;
        } finally {
            open &= written;
        }
    }

    @Override
    public void left() {
        if (open) {
            open = false;
            credit.giveBack();
            cursor = after;
            pass(after.position());
            toldOffset = offset;
            session.left();
        }
    }

    @Override
    public void failed() {
        if (open) {
            open = false;
            session.failed();
        }
    }
}
