package dev.heddle.edge.hub;

import java.util.concurrent.atomic.AtomicLong;

/** A bound in bytes, and what is held against it. Thread-safe; the holder asks before it takes more. */
public final class ByteBudget {
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    /**
     * An empty budget.
     *
     * @param limit in bytes, above 0
     */
    public ByteBudget(long limit) {
        if (limit <= 0) {
            throw new IllegalArgumentException("a byte budget is above 0, not " + limit);
        }
        this.limit = limit;
    }

    public long limit() {
        return limit;
    }

    public long used() {
        return used.get();
    }

    /** Takes bytes, or gives them back if negative. */
    void add(long bytes) {
        used.addAndGet(bytes);
    }

    /** Whether less than a sixteenth is free: that is left for what is added before somebody looks again. */
    boolean isNearlyFull() {
        return used.get() > limit - limit / 16;
    }
}
