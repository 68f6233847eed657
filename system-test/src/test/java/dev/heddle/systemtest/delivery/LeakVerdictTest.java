package dev.heddle.systemtest.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
        assertEquals(1, LeakVerdict.of(threads(i -> 40 + i)).size(), "threads");
        assertEquals(1, LeakVerdict.of(descriptors(i -> 90 + 2L * i)).size(), "descriptors");
        assertEquals(2, LeakVerdict.of(heap(i -> 50_000_000 + 200_000L * i)).size(), "the heap, and what grew");
        assertEquals(1, LeakVerdict.of(memory(i -> 8_000_000 + 500_000L * i)).size(), "memory outside the heap");
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
    void tooFewSamplesAreRefused() {
        List<Holdings> few = instances(i -> i).subList(0, 5);
        assertThrows(IllegalArgumentException.class, () -> LeakVerdict.of(few));
    }

    private static List<Holdings> instances(IntToLongFunction count) {
        return series(i -> new Holdings(1, Map.of("Leaky", some(count.applyAsLong(i)), "Calm", some(7)), 1, 1, 1, 1));
    }

    private static Holdings.Instances some(long count) {
        return new Holdings.Instances(count, 16 * count);
    }

    private static List<Holdings> threads(IntToLongFunction count) {
        return series(i -> new Holdings(1, Map.of(), (int) count.applyAsLong(i), 1, 1, 1));
    }

    private static List<Holdings> descriptors(IntToLongFunction count) {
        return series(i -> new Holdings(1, Map.of(), 1, (int) count.applyAsLong(i), 1, 1));
    }

    private static List<Holdings> heap(IntToLongFunction bytes) {
        return series(i -> new Holdings(bytes.applyAsLong(i), Map.of(), 1, 1, 1, 1));
    }

    private static List<Holdings> memory(IntToLongFunction bytes) {
        return series(i -> new Holdings(1, Map.of(), 1, 1, bytes.applyAsLong(i), 1));
    }

    private static List<Holdings> series(IntFunction<Holdings> at) {
        return IntStream.range(0, SAMPLES).mapToObj(at).toList();
    }
}
