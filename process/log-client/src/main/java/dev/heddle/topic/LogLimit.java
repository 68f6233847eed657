package dev.heddle.topic;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A limit on the lines that one kind of event may log: the first of a while are logged, the others only counted, and
 * the next line that is logged says how many there were. Thread-safe, without a lock.
 */
public final class LogLimit {
    private static final int LINES = 10;
    private static final Duration WHILE = Duration.ofMinutes(1);

    private final int lines;
    private final long nanos;
    private final LongSupplier nanoTime;
    private final AtomicLong begun;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong suppressed = new AtomicLong();

    /** @param lines how many are logged in each such time */
    public LogLimit(int lines, Duration each, LongSupplier nanoTime) {
        this.lines = lines;
        this.nanos = each.toNanos();
        this.nanoTime = nanoTime;
        this.begun = new AtomicLong(nanoTime.getAsLong());
    }

    /** Ten lines a minute: for what a reader finds record by record. */
    public static LogLimit ofReader() {
        return new LogLimit(LINES, WHILE, System::nanoTime);
    }

    /** The number of events left out since the last line, if this one may be logged; else it is left out too. */
    public OptionalLong permit() {
        long now = nanoTime.getAsLong();
        long since = begun.get();
        if (now - since >= nanos && begun.compareAndSet(since, now)) {
            used.set(0);
        }
        if (used.incrementAndGet() <= lines) {
            return OptionalLong.of(suppressed.getAndSet(0));
        }
        suppressed.incrementAndGet();
        return OptionalLong.empty();
    }
}
