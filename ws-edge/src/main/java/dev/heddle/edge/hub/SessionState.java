package dev.heddle.edge.hub;

/** The state of a {@link Session}, whose Javadoc shows the transitions. */
public enum SessionState {
    /** It delivers nothing yet. */
    NEW,
    /** Its snapshot is being made. */
    LOOKING_BACK,
    /** It reads the window. */
    READING,
    /** Its offset lies before the window: it gets chunks from the log itself. */
    CATCHING_UP,
    /** Its next frame waits for credit. */
    WAITING,
    /** It delivers nothing more. */
    CLOSED
}
