package dev.heddle.bench.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * The latencies and faults of the events that a fleet's connections received. Written by the fleet's thread, read by
 * any.
 */
public final class Tally {
    private static final long HIGHEST_NANOS = TimeUnit.MINUTES.toNanos(30);

    private final SingleWriterRecorder latencies = new SingleWriterRecorder(HIGHEST_NANOS, 3);
    private final SingleWriterRecorder absences = new SingleWriterRecorder(HIGHEST_NANOS, 3);
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong missing = new AtomicLong();
    private final AtomicLong again = new AtomicLong();
    private final AtomicLong foreign = new AtomicLong();
    private final AtomicLong unreadable = new AtomicLong();

    Tally() {}

    /**
     * The faults so far.
     *
     * @param missing numbers that were skipped
     * @param again events that came twice or after a later one
     * @param foreign events of another user
     * @param unreadable frames of events that the load has not made
     */
    public record Faults(long missing, long again, long foreign, long unreadable) {
        public boolean isNone() {
            return missing + again + foreign + unreadable == 0;
        }

        @Override
        public String toString() {
            return missing + " missing, " + again + " again or out of order, " + foreign + " foreign, " + unreadable
                    + " unreadable";
        }
    }

    void received(long latency) {
        latencies.recordValue(Math.max(0, Math.min(HIGHEST_NANOS, latency)));
        received.setRelease(received.getPlain() + 1);
    }

    void away(long nanos) {
        if (nanos > 0) {
            absences.recordValue(Math.min(HIGHEST_NANOS, nanos));
        }
    }

    void missing(long count) {
        if (count > 0) {
            missing.addAndGet(count);
        }
    }

    void again() {
        again.incrementAndGet();
    }

    void foreign() {
        foreign.incrementAndGet();
    }

    void unreadable() {
        unreadable.incrementAndGet();
    }

    /** The latencies since the last call, from an event's due time to its arrival, in ns. */
    public Histogram takeLatencies() {
        return latencies.getIntervalHistogram();
    }

    /** The absences since the last call, from a lost connection to the same client's next first frame, in ns. */
    public Histogram takeAbsences() {
        return absences.getIntervalHistogram();
    }

    public long received() {
        return received.getAcquire();
    }

    public Faults faults() {
        return new Faults(missing.get(), again.get(), foreign.get(), unreadable.get());
    }
}
