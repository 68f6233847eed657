package dev.heddle.event;

import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The text form of points in time: ISO 8601 with an offset, {@code 2026-01-01T00:00:00Z} or
 * {@code 2026-01-01T01:00:00.5+01:00}.
 */
public final class Timestamps {

    private Timestamps() {}

    /** Reads an instant; null if the text is none, or has no offset, because its time zone is then unknown. */
    public static @Nullable Instant read(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
