package dev.heddle.edge.hub;

import static org.junit.jupiter.api.Assertions.fail;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The promises under seeded schedules: 3,000 every day, 10,000 in the profile {@code full}. A failing schedule names
 * its seed; {@code -Dheddle.simulation.seed=N} runs that one alone.
 */
class SimulationTest {
    private static final int SCHEDULES = Integer.getInteger("heddle.simulation.schedules", 3_000);
    private static final long FIRST_SEED = 1;
    private static final int STEPS = 300;

    @Test
    void everySchedule_keepsThePromises() {
        Long only = Long.getLong("heddle.simulation.seed");
        if (only != null) {
            new Simulation(only).run(STEPS);
            return;
        }
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) {
            runSeed(seed);
        }
    }

    private static void runSeed(long seed) {
        try {
            new Simulation(seed).run(STEPS);
        } catch (RuntimeException | AssertionError e) {
            fail(
                    "seed " + seed + ": " + e.getMessage()
                            + "; again with -Dtest=SimulationTest -Dheddle.simulation.seed=" + seed,
                    e);
        }
    }

    /** The name of the promise that the first failing schedule breaks; null if none fails. For mutants. */
    static @Nullable String firstBroken(int schedules) {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + schedules; seed++) {
            try {
                new Simulation(seed).run(STEPS);
            } catch (BrokenPromise e) {
                return e.promise().name();
            }
        }
        return null;
    }
}
