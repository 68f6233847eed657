package dev.heddle.edge.socket;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The rates of many keys, each allowed a number of events a second in the long run and a number at once. By the generic
 * cell rate algorithm (ITU-T I.371), whose whole state is the time at which the next event is due. Any thread, without
 * a lock; unused keys are forgotten, and of too many keys the least used.
 */
final class RateTable<K> {

    /**
     * The most keys remembered at once: an attacker with more addresses than this is not stopped by counting addresses.
     */
    private static final int MAX_KEYS = 100_000;

    private static final long NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

    private final Cache<K, AtomicLong> due;
    private final LongSupplier nanoTime;
    private final long interval;
    private final long tolerance;

    /**
     * @param perSecond in the long run
     * @param burst at once
     * @param nanoTime a monotonic clock in ns
     */
    RateTable(int perSecond, int burst, LongSupplier nanoTime) {
        this.interval = Math.max(1, NANOS_PER_SECOND / perSecond);
        this.tolerance = interval * (burst - 1);
        this.nanoTime = nanoTime;
        this.due = Caffeine.newBuilder()
                .maximumSize(MAX_KEYS)
                .expireAfterAccess(Duration.ofNanos(tolerance + interval).plusSeconds(1))
                .build();
    }

    /** Counts one event of this key; false if it is one too many, and then it does not count. */
    boolean take(K key) {
        long now = nanoTime.getAsLong();
        AtomicLong next = due.get(key, made -> new AtomicLong(now));
        while (true) {
            long planned = next.get();
            long start = planned - now > 0 ? planned : now;
            if (start - now > tolerance) {
                return false;
            }
            if (next.compareAndSet(planned, start + interval)) {
                return true;
            }
        }
    }
}
