package dev.heddle.bench;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits on the main thread. */
final class Waiting {
    private static final long LOOK_NANOS = 5_000_000;

    private Waiting() {}

    /** Waits until the condition holds; returns false if it does not within the limit. */
    static boolean until(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return true;
    }

    /** Waits until the condition holds; fails if it does not within the limit. */
    static void require(String what, Duration limit, BooleanSupplier condition) {
        if (!until(limit, condition)) {
            throw new BenchFailedException(what + ": not within " + limit.toSeconds() + " s");
        }
    }

    /** Waits for this time. */
    static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
