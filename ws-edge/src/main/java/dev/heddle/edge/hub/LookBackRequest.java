package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;

/**
 * Something that is found by going through a user's records from the newest to older ones. Owned by the look-back
 * thread.
 */
sealed interface LookBackRequest permits LastEvents, RunsBefore {
    UserKey user();

    /** Takes the next older record. False once no older one is needed. */
    boolean take(LogRecord record);

    /**
     * There are no more records to take, or none were needed.
     *
     * @param reached every record of the user at or after this offset has been taken
     * @param whole whether nothing older is kept, or was needed
     */
    void done(long reached, boolean whole);

    /** It will not be found. Either this or {@link #done} is called, once. */
    void fail(Throwable why);
}
