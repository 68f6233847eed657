package dev.heddle.systemtest.delivery;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * How large the scenarios are: small every day, as promised with {@code -Dheddle.full=true}; and the lines that tell
 * what was measured.
 */
final class Scale {
    private static final double NANOS_PER_MILLI = 1e6;

    private Scale() {}

    /** Whether figures are to be kept, not only promises. */
    static boolean isFull() {
        return Boolean.getBoolean("heddle.full");
    }

    static int of(int everyday, int full) {
        return isFull() ? full : everyday;
    }

    /** Prints one line to be quoted; {@code format} as of {@link String#format}. */
    static void measured(String format, Object... values) {
        System.out.println(
                "measured: " + (isFull() ? "full " : "everyday ") + String.format(Locale.ROOT, format, values));
    }

    /** Median, 99th percentile and maximum of a histogram of nanoseconds, in ms. */
    static String milliseconds(Histogram nanos) {
        return String.format(
                Locale.ROOT,
                "p50=%.1fms p99=%.1fms max=%.1fms n=%d",
                nanos.getValueAtPercentile(50) / NANOS_PER_MILLI,
                nanos.getValueAtPercentile(99) / NANOS_PER_MILLI,
                nanos.getMaxValue() / NANOS_PER_MILLI,
                nanos.getTotalCount());
    }
}
