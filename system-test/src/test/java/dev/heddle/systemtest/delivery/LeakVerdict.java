package dev.heddle.systemtest.delivery;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Judges a series of {@link ResourceSample} of one process under a steady load: a leak is a quantity that grows on and
 * on. A cache that fills up to its bound, or a quantity that goes up and down with the load, is none.
 *
 * <p>The series is cut into three thirds. A quantity leaks if the least of each third is above the most of the third
 * before, if the whole growth is more than a slack, and if it goes on: in the second half the quantity grows at least
 * half as fast as in the first, by the lines that fit both halves best.
 */
final class LeakVerdict {
    /** With fewer, chance decides. */
    private static final int LEAST_SAMPLES = 6;

    private static final long SLACK_INSTANCES = 60;
    /** An executor has a producer, with a thread and sockets, for each partition that it has at that moment. */
    private static final long SLACK_THREADS = 16;

    private static final long SLACK_DESCRIPTORS = 32;
    private static final long SLACK_BYTES = 512 * 1024;

    /** Each thread that reads or writes sockets keeps direct buffers of its own until it ends. */
    private static final long SLACK_NATIVE_BYTES = 3 * 1024 * 1024;

    private static final String HEAP = "live heap, bytes";
    private static final int NAMED = 5;

    /**
     * Classes whose instances a bound limits that a watch does not reach. Kafka's clients keep up to three samples of
     * each metric, made one after the other in its first minute and a half. An edge keeps a filter of each block of the
     * log, as far as {@code index.cacheBytes} allows.
     */
    private static final Set<String> FILLING_UP = Set.of(
            "org.apache.kafka.common.metrics.stats.SampledStat$Sample",
            "com.github.benmanes.caffeine.cache.PSMW",
            "dev.heddle.edge.index.IndexCache$Place",
            "dev.heddle.event.Generation",
            "dev.heddle.event.index.Block",
            "dev.heddle.event.index.BlockFilter",
            "dev.heddle.event.index.BlockFilter$Cover",
            "dev.heddle.event.index.Ribbon$Shape",
            "java.util.UUID");

    /** Of any quantity, this part may come and go with the load. */
    private static final long SLACK_PART = 50;

    private LeakVerdict() {}

    /** Each leak in one line; none if nothing leaks. */
    static List<String> of(List<ResourceSample> series) {
        if (series.size() < LEAST_SAMPLES) {
            throw new IllegalArgumentException(
                    series.size() + " samples are too few, " + LEAST_SAMPLES + " are needed");
        }
        List<String> leaks = new ArrayList<>();
        judge(leaks, series, new Quantity(HEAP, SLACK_BYTES, ResourceSample::liveBytes));
        judge(
                leaks,
                series,
                new Quantity("memory outside the heap, bytes", SLACK_NATIVE_BYTES, ResourceSample::nativeBytes));
        judge(leaks, series, new Quantity("threads", SLACK_THREADS, ResourceSample::threads));
        judge(leaks, series, new Quantity("file descriptors", SLACK_DESCRIPTORS, ResourceSample::descriptors));
        if (leaks.stream().anyMatch(leak -> leak.startsWith(HEAP))) {
            leaks.add("grown most: " + grownMost(series.get(0), series.get(series.size() - 1)));
        }
        TreeSet<String> classes = new TreeSet<>();
        series.forEach(each -> classes.addAll(each.classes().keySet()));
        classes.removeAll(FILLING_UP);
        for (String name : classes) {
            judge(leaks, series, new Quantity("instances of " + name, SLACK_INSTANCES, each -> each.of(name)
                    .count()));
        }
        return leaks;
    }

    /**
     * Each quantity that has grown by more than a factor from the first third of the series to the last, in one line.
     * The medians count, because an executor has more threads and sockets while it has more partitions.
     */
    static List<String> growths(List<ResourceSample> series, double allowed) {
        List<String> growths = new ArrayList<>();
        grown(growths, HEAP, series.stream().mapToLong(ResourceSample::liveBytes), allowed);
        grown(growths, "threads", series.stream().mapToLong(ResourceSample::threads), allowed);
        grown(growths, "file descriptors", series.stream().mapToLong(ResourceSample::descriptors), allowed);
        return growths;
    }

    private static void grown(List<String> growths, String name, LongStream quantity, double allowed) {
        long[] values = quantity.toArray();
        int third = values.length / 3;
        long first = median(values, 0, third);
        long last = median(values, values.length - third, values.length);
        if (last > first * allowed) {
            growths.add(name + ": median from " + first + " to " + last + ": " + join(values));
        }
    }

    private static long median(long[] values, int from, int to) {
        long[] sorted = Arrays.copyOfRange(values, from, to);
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static String grownMost(ResourceSample first, ResourceSample last) {
        return last.classes().entrySet().stream()
                .map(each -> Map.entry(
                        each.getKey(),
                        each.getValue().bytes() - first.of(each.getKey()).bytes()))
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(NAMED)
                .map(each -> each.getKey() + " by " + each.getValue() + " bytes")
                .collect(Collectors.joining(", "));
    }

    private record Quantity(String name, long slack, ToLongFunction<ResourceSample> of) {}

    private static void judge(List<String> leaks, List<ResourceSample> series, Quantity quantity) {
        long[] values = series.stream().mapToLong(quantity.of()).toArray();
        int third = values.length / 3;
        long[] ranges = {
            least(values, 0, third), most(values, 0, third),
            least(values, third, values.length - third), most(values, third, values.length - third),
            least(values, values.length - third, values.length)
        };
        long growth = ranges[4] - ranges[0];
        if (ranges[2] > ranges[1]
                && ranges[4] > ranges[3]
                && growth > Math.max(quantity.slack(), ranges[0] / SLACK_PART)
                && goesOn(values)) {
            leaks.add(quantity.name() + ": " + join(values));
        }
    }

    private static boolean goesOn(long[] values) {
        int half = values.length / 2;
        return 2 * slope(values, values.length - half, values.length) >= slope(values, 0, half);
    }

    /** Of the line with the least squares, for each step. */
    private static double slope(long[] values, int from, int to) {
        double middle = (from + to - 1) / 2.0;
        double products = 0;
        double squares = 0;
        for (int i = from; i < to; i++) {
            products += (i - middle) * values[i];
            squares += (i - middle) * (i - middle);
        }
        return products / squares;
    }

    private static long least(long[] values, int from, int to) {
        long least = Long.MAX_VALUE;
        for (int i = from; i < to; i++) {
            least = Math.min(least, values[i]);
        }
        return least;
    }

    private static long most(long[] values, int from, int to) {
        long most = Long.MIN_VALUE;
        for (int i = from; i < to; i++) {
            most = Math.max(most, values[i]);
        }
        return most;
    }

    private static String join(long[] values) {
        StringBuilder joined = new StringBuilder();
        for (long value : values) {
            joined.append(joined.isEmpty() ? "" : ", ").append(value);
        }
        return joined.toString();
    }
}
