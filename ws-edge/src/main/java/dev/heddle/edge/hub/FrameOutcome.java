package dev.heddle.edge.hub;

/**
 * The callback of one frame. Exactly one of the two methods is called, once and on the event loop, for each
 * {@link SessionSink#write} that returns, perhaps before it does.
 */
public interface FrameOutcome {
    /** All of the frame is in the kernel's send buffer. */
    void onFrameWritten();

    /** The frame was not written, and nothing of it is held any more. The sink ends the connection. */
    void onFrameFailed();
}
