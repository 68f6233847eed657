package dev.heddle.edge.hub;

import dev.heddle.event.Cursor;
import dev.heddle.event.UserKey;

/**
 * Where a session begins, decided against the log as it was at connect.
 *
 * @param cursor the session's first cursor, for {@code hello}
 * @param subscription what the client wants
 * @param extent what the user's partition held at connect: reaching its end is {@code caughtUp}
 */
public record Start(UserKey user, Subscription subscription, Cursor cursor, EventLog.Extent extent, Resume resume) {
    /** The user's partition. */
    public int partition() {
        return cursor.partition();
    }

    /** The end of the user's partition at connect. */
    public long end() {
        return extent.end();
    }

    /**
     * Whether the log was cut since then, as who reads it up to an offset can tell: what lay before its end had no
     * later epoch. The tail sees a cut below its own place; this sees one that the tail had not reached.
     *
     * @param epoch of the leader that wrote what lies before {@code next}, -1 if unknown
     */
    boolean isCut(long next, int epoch) {
        int epochThen = extent.leaderEpoch();
        return next <= end() && epochThen >= 0 && epoch > epochThen;
    }
}
