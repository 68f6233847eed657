package dev.heddle.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.role.Readiness;
import dev.heddle.role.RoleException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StartGateTest {

    private static Readiness.Condition never(String name) {
        return new Readiness.Condition(name, () -> false);
    }

    @Test
    void aStartEndsWhenEveryConditionHolds() {
        AtomicInteger looks = new AtomicInteger();
        Readiness readiness =
                new Readiness(List.of(new Readiness.Condition("delivery", () -> looks.incrementAndGet() > 3)));
        StartGate.await(readiness, Duration.ofSeconds(10));
        assertEquals(4, looks.get());
    }

    @Test
    void whatIsMissingInTheEndIsNamedInOneLine() {
        Readiness readiness = new Readiness(List.of(never("delivery"), never("agents")));
        assertEquals(
                "the edge is not ready after 0 s; missing: delivery, agents",
                assertThrows(RoleException.class, () -> StartGate.await(readiness, Duration.ofMillis(20)))
                        .getMessage());
    }

    @Test
    void anInterruptedStartFails() {
        Thread.currentThread().interrupt();
        assertThrows(
                RoleException.class,
                () -> StartGate.await(new Readiness(List.of(never("agents"))), Duration.ofMinutes(1)));
        assertTrue(Thread.interrupted());
    }
}
