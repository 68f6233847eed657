package dev.heddle.edge.hub;

import dev.heddle.event.InstantText;
import java.time.Instant;

/** The place at which a client asks to begin. */
public sealed interface StartRequest {
    /** After the cursor that the client kept, as it sent it: anything at all, of any length. */
    record AtCursor(String text) implements StartRequest {}

    /** At the end of the log. */
    record Latest() implements StartRequest {}

    /** At the earliest event that the log keeps. */
    record Earliest() implements StartRequest {}

    /** At the first event that the log took at or after an instant; any instant. */
    record At(Instant time) implements StartRequest {
        public At {
            time = InstantText.clamped(time);
        }
    }

    /**
     * At the user's last events.
     *
     * @param count 1 to 10,000
     */
    record Last(int count) implements StartRequest {
        /** The most events that can be asked for. */
        public static final int MAX = 10_000;

        public Last {
            if (count < 1 || count > MAX) {
                throw new IllegalArgumentException("last:N takes 1 to " + MAX + ", not " + count);
            }
        }
    }
}
