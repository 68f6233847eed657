package dev.heddle.replay.transfer;

import dev.heddle.event.UserKey;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file of events in a {@link FileFormat}, for writing or for reading. */
public interface EventFile {
    /** Takes events one after the other. For one thread. */
    interface Writer extends AutoCloseable {
        void write(Exported event) throws IOException;

        @Override
        void close() throws IOException;
    }

    /** Gives events one after the other. For one thread. */
    interface Reader extends AutoCloseable {
        /**
         * The next one; null at the end.
         *
         * @throws dev.heddle.event.InvalidEventException if what comes next is none
         */
        @Nullable
        Imported next() throws IOException;

        /** The current place, for complaints: {@code line 7}. */
        String place();

        @Override
        void close() throws IOException;
    }

    /**
     * An event as it is written.
     *
     * @param item its ITEM, UTF-8, after redaction
     * @param value its stored form, after redaction
     * @param place where it lay
     */
    record Exported(UserKey user, String item, StoredEvent value, LogPlace place) {}

    /** The place of an event, and the time of its appending in milliseconds since the epoch. */
    record LogPlace(int partition, long offset, long appended) {}

    /** An event as it is put into a log. */
    record Imported(UserKey user, StoredEvent value) {}
}
