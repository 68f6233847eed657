package dev.heddle.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimingWheelTest {

    private long millis;
    private final TimingWheel wheel = new TimingWheel(() -> TimeUnit.MILLISECONDS.toNanos(millis));
    private final List<String> fired = new ArrayList<>();

    private void advanceTo(long target) {
        while (millis < target) {
            millis = Math.min(target, millis + TimingWheel.TICK_MILLIS);
            wheel.tick();
        }
    }

    @Test
    void aTimerFiresOnceAtTheFirstTickAfterItsTime() {
        wheel.after(120, () -> fired.add("a"));
        advanceTo(119);
        assertEquals(List.of(), fired);
        advanceTo(200);
        assertEquals(List.of("a"), fired);
        advanceTo(500_000);
        assertEquals(List.of("a"), fired);
    }

    @Test
    void aTimerOfManyTurnsFiresAtItsTimeAndNotInAnEarlierTurn() {
        wheel.after(200_000, () -> fired.add("far"));
        advanceTo(199_950);
        assertEquals(List.of(), fired);
        advanceTo(200_050);
        assertEquals(List.of("far"), fired);
    }

    @Test
    void aCancelledTimerDoesNotFireAlsoIfCancelledByOneOfItsTick() {
        List<TimingWheel.Timer> timers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            timers.add(wheel.after(100, () -> {
                fired.add("x");
                timers.forEach(TimingWheel.Timer::cancel);
            }));
        }
        advanceTo(1_000);
        assertEquals(List.of("x"), fired);
    }

    @Test
    void aStallIsCaughtUpAndATaskThatThrowsHoldsNobodyUp() {
        wheel.after(50, () -> {
            throw new IllegalStateException("on purpose");
        });
        wheel.after(60, () -> fired.add("later"));
        wheel.after(40_000, () -> fired.add("much later"));
        millis = 60_000;
        wheel.tick();
        assertEquals(List.of("later", "much later"), fired);
    }

    @Test
    void aTimerSetByATimerFiresInALaterTick() {
        wheel.after(0, () -> wheel.after(0, () -> fired.add("second")));
        advanceTo(50);
        assertEquals(List.of(), fired);
        advanceTo(100);
        assertEquals(List.of("second"), fired);
    }

    @Test
    void manyTimersAreNeverEarlyAndNeverMoreThanATickLate() {
        Random random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            long due = millis + random.nextInt(120_000);
            wheel.after(due - millis, () -> {
                fired.add("x");
                assertTrue(millis >= due && millis < due + 2 * TimingWheel.TICK_MILLIS, due + " at " + millis);
            });
            advanceTo(millis + random.nextInt(20));
        }
        advanceTo(millis + 200_000);
        assertEquals(5_000, fired.size());
    }
}
