package dev.heddle.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RateTableTest {

    private static final long SECOND = 1_000_000_000;

    /** Near the overflow, which a nanosecond clock may reach. */
    private long now = Long.MAX_VALUE - SECOND;

    private final RateTable<String> table = new RateTable<>(10, 3, () -> now);

    private int taken(String key, int attempts) {
        int taken = 0;
        for (int i = 0; i < attempts; i++) {
            taken += table.take(key) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void aBurstAndThenTheRate() {
        assertEquals(3, taken("a", 100));
        now += SECOND / 10;
        assertEquals(1, taken("a", 100));
        now += SECOND;
        assertEquals(3, taken("a", 100), "a burst is all that is saved up");
        long total = 0;
        for (int i = 0; i < 100; i++) {
            now += SECOND / 100;
            total += taken("a", 5);
        }
        assertEquals(10, total);
    }

    @Test
    void whatWasRefusedDoesNotCount() {
        assertEquals(3, taken("a", 1_000_000));
        now += SECOND / 10;
        assertTrue(table.take("a"));
        assertFalse(table.take("a"));
    }

    @Test
    void oneKeyDoesNotTakeFromAnother() {
        assertEquals(3, taken("a", 10));
        assertEquals(3, taken("b", 10));
    }
}
