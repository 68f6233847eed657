package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;

/** A search through one user's records from the newest to older ones. Owned by the backward scan's thread. */
interface BackwardScanRequest {
    UserKey user();

    /** Takes the next older record. False once no older one is needed. */
    boolean take(LogRecord record);

    /**
     * Ends the search.
     *
     * @param reached offset at or after which every record of the user was taken
     * @param whole true if no older record is kept or needed
     */
    void done(long reached, boolean whole);

    /** Ends the search without a result. Either this or {@link #done} is called, once. */
    void fail(Throwable why);
}
