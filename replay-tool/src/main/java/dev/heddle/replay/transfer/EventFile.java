package dev.heddle.replay.transfer;

import dev.heddle.event.UserKey;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file of events in a {@link FileFormat}, for writing or for reading. */
public interface EventFile {
    /** A writer of events, one after the other. For one thread. */
    interface Writer extends AutoCloseable {
        void write(Exported event) throws IOException;

        @Override
        void close() throws IOException;
    }

    /** A reader of events, one after the other. For one thread. */
    interface Reader extends AutoCloseable {
        /**
         * The next event; null at the end.
         *
         * @throws dev.heddle.event.InvalidEventException if the next entry is no event
         */
        @Nullable
        Imported next() throws IOException;

        /** The present position for messages: {@code line 7}. */
        String place();

        @Override
        void close() throws IOException;
    }

    /**
     * An exported event.
     *
     * @param item its ITEM, UTF-8, after redaction
     * @param value its stored form, after redaction
     * @param place where it lay
     */
    record Exported(UserKey user, String item, StoredEvent value, LogPlace place) {}

    /** The position of an event in the log, and its time of appending in milliseconds since the epoch. */
    record LogPlace(int partition, long offset, long appended) {}

    /** An event to append to a log. */
    record Imported(UserKey user, StoredEvent value) {}
}
