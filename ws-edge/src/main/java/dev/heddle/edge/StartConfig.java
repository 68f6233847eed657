package dev.heddle.edge;

import java.time.Duration;

/**
 * The settings of an edge's start.
 *
 * @param rehearsal the longest time of the rehearsal of delivery, which ends when the JVM has compiled it; 0s for none.
 *     A JVM that starts with an AOT cache rehearses nothing
 */
public record StartConfig(Duration rehearsal) {
    private static final Duration MOST = Duration.ofMinutes(1);

    public StartConfig {
        if (rehearsal.isNegative() || rehearsal.compareTo(MOST) > 0) {
            throw new IllegalArgumentException("start.rehearsal must be between 0s and 1m");
        }
    }

    /** The defaults. */
    public static StartConfig defaults() {
        return new StartConfig(Duration.ofSeconds(8));
    }
}
