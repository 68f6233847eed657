package dev.heddle.edge.hub;

import dev.heddle.event.Cursor;

/** The way in which a connect continues an earlier one: exactly one of three, sent in {@code hello}. */
public sealed interface Resume {
    /** Everything after the client's cursor will come. */
    record Resumed() implements Resume {}

    /** The client gave no cursor. */
    record Fresh() implements Resume {}

    /**
     * The client's cursor cannot be continued.
     *
     * @param lost the range in which events may have been lost
     */
    record Reset(Reason reason, Lost lost) implements Resume {}

    /**
     * A range of the log in cursors.
     *
     * @param from where the loss may begin: the client's cursor if retention has passed it, the last position that the
     *     client's log and this one agree on if this one was cut, else the earliest kept
     * @param to where the loss ends: the client's cursor if the log was cut, else where the session goes on
     */
    record Lost(Cursor from, Cursor to) {}

    /** The reason why a cursor cannot be continued; the name in lower case is the wire's word. */
    enum Reason {
        /** The log no longer keeps the events after the cursor. */
        RETENTION,
        /** The log was cut below the cursor, and may hold other records there now. */
        TRUNCATED,
        /** The log was re-created or re-partitioned. */
        GENERATION,
        /** It is another user's cursor. */
        FOREIGN,
        /** It is no cursor. */
        MALFORMED
    }
}
