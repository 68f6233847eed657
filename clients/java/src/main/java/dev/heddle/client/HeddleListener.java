package dev.heddle.client;

import java.time.Duration;

/**
 * The receiver of a {@link HeddleClient}'s frames. Called by one thread at a time. The client's cursor moves when a
 * call has returned; an exception ends the client, and its cursor stays before the frame.
 */
@FunctionalInterface
public interface HeddleListener {
    /** Called with events in the order of the log. The application stores its state and the frame's cursor together. */
    void onEvents(StreamFrame.Events events);

    /**
     * Called first on every connection; {@link StreamFrame.Hello#resume} is {@code reset} if events may have been lost.
     */
    default void onHello(StreamFrame.Hello hello) {}

    /** Called with the runs before the cursor of {@code hello}. */
    default void onSnapshot(StreamFrame.Snapshot snapshot) {}

    /** Called once for each connection, when it has reached the end that the log had at connect. */
    default void onCaughtUp(StreamFrame.CaughtUp caughtUp) {}

    /** Called with every other frame: agents, status, goodbye. */
    default void onOther(StreamFrame frame) {}

    /** Called when a connection has ended and the client will reconnect. */
    default void onDisconnected(Disconnection end, Duration retryAfter) {}

    /** Called once, when the client has ended and will not reconnect. */
    default void onEnded(Disconnection end) {}
}
