package dev.heddle.edge.hub;

/**
 * The output of a session: its client's connection. Called on the session's event loop only.
 *
 * <p>An implementation that writes {@link HubFrame.Events} compares each record's user with the user that its
 * connection was authenticated as, and closes instead of writing when they differ.
 */
public interface SessionSink {
    /**
     * Writes one frame; the session writes no other one before this one's outcome. If this throws, nothing was written.
     */
    void write(HubFrame frame, FrameOutcome outcome);

    /** Ends the connection; the session writes nothing more. */
    void close(EndReason reason);
}
