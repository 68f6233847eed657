package dev.heddle.bench.report;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Latencies of one kind: all of them, and second by second.
 *
 * @param nanos all, in ns
 * @param seconds the same, one a second, oldest first; empty if that was not looked at
 */
public record Curve(String name, Histogram nanos, List<Histogram> seconds) {
    private static final double NANOS_PER_MILLI = 1e6;

    public Curve {
        seconds = List.copyOf(seconds);
    }

    /** A percentile in ms. */
    public double millis(double percentile) {
        return nanos.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
    }

    public double maxMillis() {
        return nanos.getMaxValue() / NANOS_PER_MILLI;
    }

    public long count() {
        return nanos.getTotalCount();
    }
}
