package dev.heddle.edge.hub;

import java.util.List;

/** A frame that a session makes. All other frames of a connection are made by the socket. */
public sealed interface HubFrame {
    /** The most that the items of one frame hold, in bytes; a larger item is sent alone. */
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
     * @param complete true if all records that the log keeps before the cursor were read
     * @param runs the newest first
     */
    record Snapshot(String cursor, boolean complete, List<RunSummary> runs) implements HubFrame {}

    /** Sent once: the session has reached the end that the log had when the client connected. */
    record CaughtUp(String cursor) implements HubFrame {}
}
