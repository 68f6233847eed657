package dev.heddle.edge.hub;

import java.util.concurrent.atomic.AtomicLong;

/** A bound in bytes, and the bytes in use. Thread-safe. It refuses nothing: the user asks before it adds. */
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

    /** Adds bytes in use; fewer if negative. */
    void add(long bytes) {
        used.addAndGet(bytes);
    }

    /** True if less than a sixteenth is free: a reserve for bytes that are added before the next check. */
    boolean isNearlyFull() {
        return used.get() > limit - limit / 16;
    }
}
