package dev.heddle.replay.verify;

import org.jspecify.annotations.Nullable;

/** What one line of a transcript gives. */
sealed interface TranscriptItem {
    /**
     * An ITEM that the client got.
     *
     * @param bytes as they stand in the file
     * @param from the first number that it stands for, and {@code to} the last; -1 outside any run
     */
    record Event(long line, byte[] bytes, String eventId, long from, long to) implements TranscriptItem {}

    /**
     * The beginning of a connection.
     *
     * @param cursor where it began
     * @param continues whether the client was promised all that follows what it had
     */
    record Hello(long line, @Nullable String cursor, boolean continues) implements TranscriptItem {}
}
