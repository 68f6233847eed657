package dev.heddle.edge.hub;

import dev.heddle.event.Cursor;
import dev.heddle.event.UserKey;

/**
 * The start of a session, decided against the log as it was at connect.
 *
 * @param cursor the session's first cursor, for {@code hello}
 * @param extent start and end of the user's partition at connect; the session has caught up at the end
 */
public record Start(UserKey user, Subscription subscription, Cursor cursor, EventLog.Extent extent, Resume resume) {
    /** The start at another place of the same log, which a search of the hub has found. */
    public Start at(Cursor other) {
        return new Start(user, subscription, other, extent, resume);
    }

    /** The start of a session with another choice of events. */
    public Start of(Subscription other) {
        return new Start(user, other, cursor, extent, resume);
    }

    /** The user's partition. */
    public int partition() {
        return cursor.partition();
    }

    /** The end of the user's partition at connect. */
    public long end() {
        return extent.end();
    }

    /**
     * True if the log was truncated after connect: a record before the end of that time has a later leader epoch. The
     * tail notices a truncation below its own position; this notices one that the tail had not reached.
     *
     * @param next offset up to which the session has read
     * @param epoch leader epoch of the record before {@code next}; -1 if unknown
     */
    boolean isTruncated(long next, int epoch) {
        int epochAtConnect = extent.leaderEpoch();
        return next <= end() && epochAtConnect >= 0 && epoch > epochAtConnect;
    }
}
