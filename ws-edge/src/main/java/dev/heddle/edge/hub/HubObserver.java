package dev.heddle.edge.hub;

/**
 * The listener of delivery, for metrics and the log file. Called on hot paths by several threads: implementations only
 * count, and never throw.
 */
public interface HubObserver {
    /** The tail took in records. */
    void tailed(int partition, int records, long bytes);

    /** A session wrote a frame of events; the timestamp is the log's for the first event, in ms since the epoch. */
    void delivered(int events, long bytes, long firstTimestamp);

    /** A session read the window; false if records that it needs have left it. */
    void windowRead(boolean hit);

    /** Catch-up handed a chunk to its session. */
    void caughtUpChunk(int events, long bytes);

    /** A session reads the window again, after so many ns of catching up. */
    void caughtUpAfter(long nanos);

    /** Catch-up read records from the log, wanted or not. */
    void catchUpScanned(int partition, int records, long bytes);

    /** Catch-up skipped offsets that hold no wanted record by the index. */
    void indexSkipped(long offsets);

    /** A block that the index did not exclude held no wanted record. */
    void indexMistaken();

    /** A record lies in a partition that is not its key's. */
    void misplaced(int partition, long offset);

    /** A record's value is no event of its key. */
    void undecodable(int partition, long offset, String why);

    /** Offsets of a partition were skipped, as their records are damaged. */
    void unreadable(int partition, long offsets);

    /** A session refused a record of another user. */
    void foreignRefused();
}
