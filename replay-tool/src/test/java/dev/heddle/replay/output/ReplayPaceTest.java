package dev.heddle.replay.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heddle.replay.log.WrongUseException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayPaceTest {
    private long now = 5_000_000_000L;
    private final List<Long> slept = new ArrayList<>();

    private void sleep(long nanos) {
        slept.add(nanos);
        now += nanos;
    }

    @Test
    void eventsComeAtTheirDistancesDividedByTheFactorAndWorkDoesNotAddUp() {
        ReplayPace pace = new ReplayPace(10, () -> now, this::sleep);
        pace.await(1_000);
        now += 3_000_000; // printing
        pace.await(1_100);
        pace.await(1_100);
        pace.await(3_100);
        now += 900_000_000; // late
        pace.await(3_200);
        assertEquals(List.of(7_000_000L, 200_000_000L), slept);
    }

    @Test
    void aWaitThatEndsEarlyGoesOn() {
        ReplayPace pace = new ReplayPace(1, () -> now, nanos -> sleep(Math.min(nanos, 40_000_000)));
        pace.await(0);
        pace.await(100);
        assertEquals(List.of(40_000_000L, 40_000_000L, 20_000_000L), slept);
    }

    @Test
    void maxDoesNotWaitAndNonsenseIsRefused() {
        ReplayPace max = ReplayPace.parse("max", this::sleep);
        max.await(0);
        max.await(1_000_000);
        assertEquals(List.of(), slept);
        for (String nonsense : List.of("", "x", "0x", "fast", "10", "-1x", "1e3x")) {
            assertThrows(WrongUseException.class, () -> ReplayPace.parse(nonsense, this::sleep), nonsense);
        }
    }
}
