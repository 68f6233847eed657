package dev.heddle.client;

/**
 * The receiver of one connection's frames. Called by one thread at a time; the next frame is read from the socket when
 * the call for the one before has returned.
 */
public interface ConnectionListener {
    /** Called with the text of each frame, which {@link StreamFrame#parse} reads. */
    void onText(HeddleConnection connection, String text);

    /** Called once, when no further frame comes. */
    void onClosed(HeddleConnection connection, Disconnection end);
}
