package dev.heddle.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EventIdsTest {
    @Test
    void idsAreUuidsOfVersion7WithTheTimeInFront() {
        EventIds ids = new EventIds(() -> 0x0123456789ABL);
        UUID id = UUID.fromString(ids.nextId());
        assertEquals(7, id.version());
        assertEquals(2, id.variant());
        assertEquals(0x0123456789ABL, id.getMostSignificantBits() >>> 16);
        assertEquals(7, UUID.fromString(EventIds.next()).version());
    }

    @Test
    void idsGrowAlsoWhenTheClockStandsOrGoesBack() {
        AtomicLong clock = new AtomicLong(1_767_225_600_000L);
        EventIds ids = new EventIds(clock::get);
        String before = ids.nextId();
        for (int i = 0; i < 20_000; i++) {
            if (i == 10_000) {
                clock.addAndGet(-3_600_000);
            }
            String next = ids.nextId();
            assertTrue(next.compareTo(before) > 0);
            before = next;
        }
    }

    @Test
    void idsOfSeveralThreadsAreDistinctAndGrowInEach() throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<List<String>>> results = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                results.add(threads.submit(() -> {
                    List<String> mine = new ArrayList<>();
                    for (int i = 0; i < 20_000; i++) {
                        mine.add(EventIds.next());
                    }
                    return mine;
                }));
            }
            Set<String> all = new HashSet<>();
            for (Future<List<String>> result : results) {
                List<String> mine = result.get();
                assertEquals(mine.stream().sorted().toList(), mine);
                all.addAll(mine);
            }
            assertEquals(80_000, all.size());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aDerivedRunIdDependsOnUserAndCommandOnly() {
        String id = RunIds.derive(UserKey.of("alice"), "c1");
        assertEquals(id, RunIds.derive(UserKey.of("alice"), "c1"));
        assertEquals(8, UUID.fromString(id).version());
        assertEquals(2, UUID.fromString(id).variant());
        assertNotEquals(id, RunIds.derive(UserKey.of("alice"), "c2"));
        assertNotEquals(RunIds.derive(UserKey.of("a"), "bc"), RunIds.derive(UserKey.of("ab"), "c"));
        assertEquals("e25d62ce-1e1c-83cc-bcdb-ec7d01ce19e0", id);
    }
}
