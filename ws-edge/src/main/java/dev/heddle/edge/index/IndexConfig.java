package dev.heddle.edge.index;

import java.time.Duration;

/**
 * The bounds of reading the index.
 *
 * @param cacheBytes the bound on the index in the memory of an edge, at least 4 MiB; 64 MiB hold the index of 64
 *     million offsets if all users differ
 * @param loadTime the longest time that one lookup waits for Kafka, above 0; a block whose filter is missing then
 *     counts as one with records of every user
 */
public record IndexConfig(long cacheBytes, Duration loadTime) {
    private static final long MIB = 1 << 20;
    private static final long LEAST = 4 * MIB;

    public IndexConfig {
        if (cacheBytes < LEAST) {
            throw new IllegalArgumentException("cacheBytes is at least " + LEAST + ", not " + cacheBytes);
        }
        if (loadTime.isNegative() || loadTime.isZero()) {
            throw new IllegalArgumentException("loadTime is above 0, not " + loadTime);
        }
    }

    /** The defaults. */
    public static IndexConfig defaults() {
        return new IndexConfig(64 * MIB, Duration.ofMillis(300));
    }
}
