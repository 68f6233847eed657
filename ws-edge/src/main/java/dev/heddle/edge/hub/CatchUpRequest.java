package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;

/**
 * A session's request for its next chunk of records from the log. Each record of the chunk takes credit of the edge,
 * which goes to the session with the chunk. Owned by the catch-up reader that took the request, and then by the
 * session.
 */
final class CatchUpRequest {
    private final Requester requester;
    private final long from;
    private final ReadBatch chunk;
    private final HeldCredit credit;
    private long missing;
    private long firstRecordNanos;

    /** The session that asked. Any thread. */
    interface Requester {
        UserKey user();

        boolean isClosed();

        /** The request is answered. */
        void onChunk(CatchUpRequest request);

        /** The session cannot go on. */
        void onFailed(EndReason reason);
    }

    /**
     * A request without records yet.
     *
     * @param from offset of the first record that may be wanted
     * @param maxBytes bound of the chunk, in stored bytes
     * @param credit taken by the session
     */
    CatchUpRequest(Requester requester, long from, int maxBytes, HeldCredit credit) {
        this.requester = requester;
        this.from = from;
        this.chunk = new ReadBatch(maxBytes, RecordChain.NONE);
        this.credit = credit;
    }

    UserKey user() {
        return requester.user();
    }

    /** The offset from which on the session wants its user's records. */
    long from() {
        return from;
    }

    /** True if the session is closed; then {@link #abandon} is to be called. */
    boolean isAbandoned() {
        return requester.isClosed();
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

    /** The credit that the chunk needs for its first record and did not get; 0 if it got it. */
    long missing() {
        return missing;
    }

    /** The credit of the chunk. */
    HeldCredit credit() {
        return credit;
    }

    /** Adds a record of this user. False if the chunk has no room or no credit for it. */
    boolean offer(LogRecord record, long nanoTime) {
        if (record.offset() < from) {
            return true;
        }
        if (!chunk.fits(record)) {
            return false;
        }
        long wanted = chunk.bytes() + record.storedBytes();
        if (wanted > credit.amount() && !credit.take(wanted)) {
            missing = chunk.isEmpty() ? wanted : 0;
            return false;
        }
        if (chunk.isEmpty()) {
            firstRecordNanos = nanoTime;
        }
        return chunk.add(record);
    }

    /** True if the chunk's first record has waited for a time. */
    boolean isDue(long nanoTime, long afterNanos) {
        return !chunk.isEmpty() && nanoTime - firstRecordNanos >= afterNanos;
    }

    /** Moves the chunk's end on to an offset before which every record was looked at. */
    void advanceTo(long offset, int leaderEpoch) {
        if (offset >= from) {
            chunk.advanceTo(offset, leaderEpoch);
        }
    }

    /** Hands the chunk to its session. */
    void handOver(HubObserver observer) {
        observer.caughtUpChunk(chunk.records().size(), chunk.bytes());
        requester.onChunk(this);
    }

    /** Gives the credit back. */
    void abandon() {
        credit.giveBack();
    }

    /** Gives the credit back, and ends the session. */
    void fail(EndReason reason) {
        abandon();
        requester.onFailed(reason);
    }
}
