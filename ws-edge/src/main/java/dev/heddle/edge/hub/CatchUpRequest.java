package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;

/**
 * That a session wants its next chunk from the log itself. What the chunk holds is taken from the edge's credit, record
 * by record, and goes to the session with the chunk. Owned by the catch-up reader that took it, and then by the
 * session.
 */
final class CatchUpRequest {
    private final Session session;
    private final long from;
    private final ReadBatch chunk;
    private final Credit credit;
    private long held;
    private long missing;
    private long firstRecordNanos;

    /**
     * A request for nothing yet.
     *
     * @param held the credit that the session had, which is the request's from now on
     */
    CatchUpRequest(Session session, long from, int maxBytes, long held) {
        this.session = session;
        this.from = from;
        this.chunk = new ReadBatch(maxBytes, Strand.NONE);
        this.credit = session.credit().credit();
        this.held = held;
    }

    UserKey user() {
        return session.user();
    }

    /** The offset from which on the session wants its user's records. */
    long from() {
        return from;
    }

    /** Whether nobody wants the chunk any more; then {@link #abandon} is to be called. */
    boolean isAbandoned() {
        return session.isClosed();
    }

    boolean isEmpty() {
        return chunk.isEmpty();
    }

    long bytes() {
        return chunk.bytes();
    }

    ReadBatch chunk() {
        return chunk;
    }

    /** The credit that the chunk lacks to take its first record; 0 if it lacks none. */
    long missing() {
        return missing;
    }

    /** The credit that the chunk has taken, which is the caller's from now on. */
    long takeHeld() {
        long mine = held;
        held = 0;
        return mine;
    }

    /** Takes a record of this user. False if the chunk has no room or no credit for it, and lacks the record. */
    boolean offer(LogRecord record, long nanoTime) {
        if (record.offset() < from) {
            return true;
        }
        if (!chunk.fits(record)) {
            return false;
        }
        long wanted = chunk.bytes() + record.storedBytes();
        if (wanted > held) {
            if (!credit.resize(session.credit().account(), held, wanted)) {
                missing = chunk.isEmpty() ? wanted : 0;
                return false;
            }
            held = wanted;
        }
        if (chunk.isEmpty()) {
            firstRecordNanos = nanoTime;
        }
        return chunk.add(record);
    }

    /** Whether the chunk has something, and has had it for a while. */
    boolean isDue(long nanoTime, long afterNanos) {
        return !chunk.isEmpty() && nanoTime - firstRecordNanos >= afterNanos;
    }

    /** Everything before this offset has been looked at. */
    void reach(long offset, int leaderEpoch) {
        if (offset >= from) {
            chunk.reach(new Window.Mark(Strand.NONE, offset, leaderEpoch));
        }
    }

    /** Hands the chunk to its session. */
    void handOver(HubObserver observer) {
        observer.caughtUpChunk(chunk.records().size(), chunk.bytes());
        session.unhurried().execute(() -> session.caughtUp(this));
    }

    /** Gives back what the chunk has taken. */
    void abandon() {
        credit.resize(session.credit().account(), takeHeld(), 0);
    }

    void fail(Ending ending) {
        abandon();
        session.loop().execute(() -> session.end(ending));
    }
}
