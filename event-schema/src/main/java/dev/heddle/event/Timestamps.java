package dev.heddle.event;

import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Points in time as text: ISO 8601 with an offset, {@code 2026-01-01T00:00:00Z} or {@code 2026-01-01T01:00:00.5+01:00}.
 */
public final class Timestamps {

    private Timestamps() {}

    /** The instant; null if the text is none. Without an offset it is none: nobody knows whose clock is meant. */
    public static @Nullable Instant read(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
