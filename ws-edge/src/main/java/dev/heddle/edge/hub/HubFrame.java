package dev.heddle.edge.hub;

import java.util.List;

/** A frame that delivery makes; everything else that a connection says is the socket's own. */
public sealed interface HubFrame {
    /**
     * What the items of one frame hold at most, in bytes, unless one item is larger; the frame around them is small.
     */
    int MAX_BYTES = 250 * 1024;

    /** The cursor after which the client continues once it has applied the frame. */
    String cursor();

    /**
     * The session's next events, in the order of the log.
     *
     * @param records all of the session's user; empty if the frame only moves the cursor
     */
    record Events(String cursor, List<LogRecord> records) implements HubFrame {}

    /**
     * The fold of the user's events before the cursor: the open runs and the newest others.
     *
     * @param complete whether everything that the log keeps before the cursor was looked at
     * @param runs the newest first
     */
    record Snapshot(String cursor, boolean complete, List<RunSummary> runs) implements HubFrame {}

    /** Said once: the session has reached what was the end of the log when it connected. */
    record CaughtUp(String cursor) implements HubFrame {}
}
