package dev.heddle.edge.socket;

import java.util.function.LongSupplier;

/** A token bucket for one client's frames. Owned by the connection's event loop. */
final class FrameRate {

    private static final double NANOS_PER_SECOND = 1e9;

    private final LimitsConfig limits;
    private final LongSupplier nanoTime;
    private double tokens;
    private long filled;

    FrameRate(LimitsConfig limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.tokens = limits.frameBurst();
        this.filled = nanoTime.getAsLong();
    }

    /** Counts one frame; false if it is one too many. */
    boolean take() {
        long now = nanoTime.getAsLong();
        tokens = Math.min(limits.frameBurst(), tokens + (now - filled) / NANOS_PER_SECOND * limits.framesPerSecond());
        filled = now;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
