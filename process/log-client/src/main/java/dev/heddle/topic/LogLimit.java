package dev.heddle.topic;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A limit on the log lines of one kind of event: the first lines of an interval are logged, the others only counted,
 * and the next logged line gives the count. Thread-safe, without a lock.
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

    /** A limit of ten lines a minute, for a reader's findings about single records. */
    public static LogLimit ofReader() {
        return new LogLimit(LINES, WHILE, System::nanoTime);
    }

    /**
     * Permits a log line and gives the number of events suppressed since the last one; empty if this event is
     * suppressed too.
     */
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
