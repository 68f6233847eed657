package dev.heddle.replay.verify;

import org.jspecify.annotations.Nullable;

/** One line of a transcript. */
sealed interface TranscriptItem {
    /**
     * An ITEM that the client received.
     *
     * @param text the bytes that it has in the file, which are UTF-8
     * @param from the first number that it stands for, and {@code to} the last; -1 outside any run
     */
    record Event(long line, String text, String eventId, long from, long to) implements TranscriptItem {}

    /**
     * The beginning of a connection.
     *
     * @param cursor where it began
     * @param continues true if the client was promised every event after its last one
     */
    record Hello(long line, @Nullable String cursor, boolean continues) implements TranscriptItem {}
}
