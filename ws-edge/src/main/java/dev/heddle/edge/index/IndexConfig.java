package dev.heddle.edge.index;

import java.time.Duration;

/**
 * The bounds of reading the index.
 *
 * @param cacheBytes what an edge holds of the index at most, 4 MiB at least; 64 MiB are the index of 64 million offsets
 *     if all users differ
 * @param loadTime how long one question may wait for Kafka, above 0; after it what is missing may hold anybody
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

    /** What an edge uses unless told otherwise. */
    public static IndexConfig defaults() {
        return new IndexConfig(64 * MIB, Duration.ofMillis(300));
    }
}
