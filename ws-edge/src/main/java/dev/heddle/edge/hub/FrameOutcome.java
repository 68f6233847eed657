package dev.heddle.edge.hub;

/**
 * Told what became of a frame. Exactly one of the two is called, once and on the event loop, for each
 * {@link SessionSink#write} that returns, perhaps before it does.
 */
public interface FrameOutcome {
    /** All of the frame is in the kernel's send buffer. */
    void left();

    /** The frame did not leave, and nothing of it is held any more. The sink ends the connection. */
    void failed();
}
