package dev.heddle.edge.hub;

/**
 * Told what delivery does, for metrics and the log file. Called on hot paths by several threads: implementations only
 * count, and never throw.
 */
public interface HubObserver {
    /** The tail took in records. */
    void tailed(int partition, int records, long bytes);

    /** A frame of events left the hub; the time is when the log took its first event, in ms since the epoch. */
    void delivered(int events, long bytes, long firstTimestamp);

    /** A session looked for its next events in the window, and found its offset there or not. */
    void windowRead(boolean hit);

    /** A session's catch-up read went on to a frame or to the window. */
    void caughtUpChunk(int events, long bytes);

    /** A session has come from before the window into it, that long after it began to catch up. */
    void caughtUpAfter(long nanos);

    /** Catch-up read records from the log, wanted or not. */
    void catchUpScanned(int partition, int records, long bytes);

    /** Catch-up left out offsets because the index says that they hold nothing for anyone who waits. */
    void indexSkipped(long offsets);

    /** What the index pointed to held nothing for anyone. */
    void indexMistaken();

    /** A record lies in a partition that is not its key's. */
    void misplaced(int partition, long offset);

    /** A record's value is no event of its key. */
    void undecodable(int partition, long offset, String why);

    /** So many offsets of a partition are kept and cannot be read; they are skipped. */
    void unreadable(int partition, long offsets);

    /** A record of another user came near a session and was refused. */
    void foreignRefused();
}
