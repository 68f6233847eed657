package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;

/** That a session wants its next chunk from the log itself. Owned by the catch-up reader that took it. */
final class CatchUpRequest {
    private final Session session;
    private final long from;
    private final ReadBatch chunk;
    private long firstRecordNanos;

    CatchUpRequest(Session session, long from, int maxBytes) {
        this.session = session;
        this.from = from;
        this.chunk = new ReadBatch(maxBytes, Strand.NONE);
    }

    UserKey user() {
        return session.user();
    }

    /** The offset from which on the session wants its user's records. */
    long from() {
        return from;
    }

    boolean isAbandoned() {
        return session.isClosed();
    }

    boolean isEmpty() {
        return chunk.isEmpty();
    }

    long bytes() {
        return chunk.bytes();
    }

    /** Takes a record of this user. False if the chunk is full, and lacks the record. */
    boolean offer(LogRecord record, long nanoTime) {
        if (record.offset() < from) {
            return true;
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
        session.unhurried().execute(() -> session.caughtUp(chunk));
    }

    void fail(Ending ending) {
        session.loop().execute(() -> session.end(ending));
    }
}
