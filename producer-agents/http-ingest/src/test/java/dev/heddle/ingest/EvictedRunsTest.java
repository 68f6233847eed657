package dev.heddle.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EvictedRunsTest {

    @Test
    void itKnowsTheLastOffsetOfEachRunAsAMapDoes() {
        Random random = new Random(7);
        EvictedRuns runs = new EvictedRuns(1 << 20);
        Map<Long, Long> expected = new HashMap<>();
        for (int i = 0; i < 40_000; i++) {
            long digest = EventDigest.of("run-" + random.nextInt(30_000));
            long offset = random.nextInt(1_000_000);
            assertTrue(runs.add(digest, offset));
            expected.merge(digest, offset, Math::max);
        }
        expected.forEach((digest, offset) -> assertEquals(offset, runs.find(digest)));
        assertEquals(EvictedRuns.NONE, runs.find(EventDigest.of("never")));
    }

    @Test
    void itIsBoundedAndSaysFromWhereOnItStillKnowsAll() {
        EvictedRuns runs = new EvictedRuns(64 * 16);
        long added = 0;
        while (runs.add(EventDigest.of("run-" + added), added)) {
            added++;
        }
        assertEquals(48, added);
        assertTrue(runs.add(EventDigest.of("run-7"), 100), "a run that it knows takes no more room");
        assertFalse(runs.add(EventDigest.of("one more"), 101));
        long from = runs.dropOlderHalf();
        for (long i = 0; i < added; i++) {
            long offset = i == 7 ? 100 : i;
            assertEquals(offset >= from ? offset : EvictedRuns.NONE, runs.find(EventDigest.of("run-" + i)));
        }
        assertTrue(from > 0 && from < added);
        assertTrue(runs.add(EventDigest.of("one more"), 101));
    }
}
