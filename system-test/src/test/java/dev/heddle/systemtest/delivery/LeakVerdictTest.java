package dev.heddle.systemtest.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LeakVerdictTest {
    private static final int SAMPLES = 9;

    @Test
    void aSlopeInAnyQuantityIsALeak() {
        assertEquals(1, LeakVerdict.of(instances(i -> 1_000 + 100L * i)).size(), "a class");
        assertEquals(1, LeakVerdict.of(threads(i -> 40 + 3L * i)).size(), "threads");
        assertEquals(1, LeakVerdict.of(descriptors(i -> 90 + 6L * i)).size(), "descriptors");
        assertEquals(2, LeakVerdict.of(heap(i -> 50_000_000 + 200_000L * i)).size(), "the heap, and what grew");
        assertEquals(1, LeakVerdict.of(memory(i -> 8_000_000 + 700_000L * i)).size(), "memory outside the heap");
    }

    @Test
    void aSlopeUnderNoiseIsALeak() {
        Random random = new Random(1);
        assertEquals(
                List.of("instances of Leaky"),
                LeakVerdict.of(instances(i -> 10_000 + 200L * i + random.nextInt(150))).stream()
                        .map(leak -> leak.substring(0, leak.indexOf(':')))
                        .toList());
    }

    @Test
    void aCacheThatFillsUpIsNone() {
        assertEquals(List.of(), LeakVerdict.of(instances(i -> Math.min(5_000, 1_000 + 2_000L * i))));
    }

    /**
     * Caches of an edge and an executor that the watch took for leaks while they filled up, three more that fill up
     * ever more slowly.
     */
    @Test
    void aQuantityThatGrowsEverMoreSlowlyIsNone() {
        long[][] saturating = {
            {7247, 7314, 7412, 7396, 7425, 7426},
            {360, 407, 412, 432, 441, 443},
            {107, 118, 145, 170, 174, 174},
            {1000, 1300, 1500, 1600, 1650, 1675},
            {1000, 1500, 1501, 1502, 1503, 1504},
            {1000, 1400, 1700, 1900, 2000, 2050, 2075, 2087, 2093},
        };
        for (long[] series : saturating) {
            assertEquals(List.of(), LeakVerdict.of(instances(series.length, i -> series[i])));
        }
    }

    /** With the few samples of every day and with the many of the whole watch, whatever the chance. */
    @Test
    void aSlopeIsFoundUnderMostNoise() {
        for (int samples : new int[] {6, 9, 31}) {
            int found = 0;
            for (int seed = 0; seed < 1_000; seed++) {
                Random random = new Random(seed);
                found += LeakVerdict.of(instances(samples, i -> 5_000 + 100L * i + random.nextInt(60)))
                        .size();
            }
            int all = found;
            assertTrue(found > 950, () -> "found " + all + " of 1000 with " + samples + " samples");
        }
    }

    @Test
    void noiseAloneIsHardlyEverTakenForALeak() {
        for (int samples : new int[] {6, 31}) {
            int found = 0;
            for (int seed = 0; seed < 1_000; seed++) {
                Random random = new Random(seed);
                found += LeakVerdict.of(instances(samples, i -> 5_000 + random.nextInt(500)))
                        .size();
            }
            int all = found;
            assertTrue(found < 30, () -> "found " + all + " of 1000 with " + samples + " samples");
        }
    }

    /** Direct buffers of an executor's producers, of which each takeover makes more. */
    @Test
    void theBuffersOfNewThreadsAreNone() {
        long[] series = {401_408, 249_856, 852_992, 1_153_024, 1_178_624, 2_061_312};
        assertEquals(
                List.of(),
                LeakVerdict.of(series(series.length, i -> new ResourceSample(1, Map.of(), 1, 1, series[i], 1))));
    }

    /** An executor beside which another comes and goes. */
    @Test
    void theThreadsOfTakenPartitionsAreNone() {
        long[] series = {67, 65, 70, 68, 71, 75};
        assertEquals(
                List.of(),
                LeakVerdict.of(series(series.length, i -> new ResourceSample(1, Map.of(), (int) series[i], 1, 1, 1))));
    }

    @Test
    void upAndDownIsNone() {
        assertEquals(List.of(), LeakVerdict.of(instances(i -> 1_000 + 500L * (i % 2))));
        assertEquals(List.of(), LeakVerdict.of(threads(i -> 40 + 5L * (i % 3))));
    }

    @Test
    void aSlopeWithinTheSlackIsNone() {
        assertEquals(List.of(), LeakVerdict.of(instances(i -> 1_000 + 5L * i)));
    }

    @Test
    void theEndIsComparedWithTheBeginning() {
        assertEquals(1, LeakVerdict.growths(threads(i -> 100 + 2L * i), 1.05).size());
        assertEquals(
                List.of(), LeakVerdict.growths(threads(i -> i == 8 ? 130 : 100), 1.05), "one sample of a takeover");
        long[] executor = {
            63, 67, 71, 62, 63, 67, 66, 62, 63, 68, 65, 66, 68, 68, 67, 70, 66, 68, 67, 67, 67, 66, 69, 66, 67, 66, 68,
            75, 66, 67, 71
        };
        assertEquals(
                List.of(),
                LeakVerdict.growths(
                        series(executor.length, i -> new ResourceSample(1, Map.of(), (int) executor[i], 1, 1, 1)),
                        1.05),
                "half an hour of takeovers");
    }

    @Test
    void tooFewSamplesAreRefused() {
        List<ResourceSample> few = instances(i -> i).subList(0, 5);
        assertThrows(IllegalArgumentException.class, () -> LeakVerdict.of(few));
    }

    private static List<ResourceSample> instances(IntToLongFunction count) {
        return instances(SAMPLES, count);
    }

    private static List<ResourceSample> instances(int samples, IntToLongFunction count) {
        return series(
                samples,
                i -> new ResourceSample(1, Map.of("Leaky", some(count.applyAsLong(i)), "Calm", some(7)), 1, 1, 1, 1));
    }

    private static ResourceSample.Instances some(long count) {
        return new ResourceSample.Instances(count, 16 * count);
    }

    private static List<ResourceSample> threads(IntToLongFunction count) {
        return series(i -> new ResourceSample(1, Map.of(), (int) count.applyAsLong(i), 1, 1, 1));
    }

    private static List<ResourceSample> descriptors(IntToLongFunction count) {
        return series(i -> new ResourceSample(1, Map.of(), 1, (int) count.applyAsLong(i), 1, 1));
    }

    private static List<ResourceSample> heap(IntToLongFunction bytes) {
        return series(i -> new ResourceSample(bytes.applyAsLong(i), Map.of(), 1, 1, 1, 1));
    }

    private static List<ResourceSample> memory(IntToLongFunction bytes) {
        return series(i -> new ResourceSample(1, Map.of(), 1, 1, bytes.applyAsLong(i), 1));
    }

    private static List<ResourceSample> series(IntFunction<ResourceSample> at) {
        return series(SAMPLES, at);
    }

    private static List<ResourceSample> series(int samples, IntFunction<ResourceSample> at) {
        return IntStream.range(0, samples).mapToObj(at).toList();
    }
}
