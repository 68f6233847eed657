package dev.heddle.bench;

import dev.heddle.bench.report.Curve;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** Samples latencies once a second. */
final class Sampling {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private Sampling() {}

    /**
     * The latencies of the next {@code seconds} seconds.
     *
     * @param take gives those since it was last asked
     */
    static Curve of(String name, int seconds, Supplier<Histogram> take) {
        List<Histogram> each = new ArrayList<>();
        Histogram unused = take.get();
        long begin = System.nanoTime();
        for (int i = 1; i <= seconds; i++) {
            Waiting.pass(Duration.ofNanos(Math.max(0, begin + i * SECOND.toNanos() - System.nanoTime())));
            each.add(take.get());
        }
        return joined(name, each);
    }

    /** All samples as one curve. */
    static Curve joined(String name, List<Histogram> seconds) {
        Histogram all = new Histogram(3);
        all.setAutoResize(true);
        seconds.forEach(all::add);
        return new Curve(name, all, seconds);
    }
}
