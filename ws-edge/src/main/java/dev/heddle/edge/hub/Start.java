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
}
