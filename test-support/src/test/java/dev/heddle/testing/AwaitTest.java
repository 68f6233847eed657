package dev.heddle.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AwaitTest {
    @Test
    void asksUntilTheConditionHolds() {
        AtomicInteger asked = new AtomicInteger();

        Await.until(Duration.ofSeconds(10), () -> asked.incrementAndGet() == 3);

        assertTrue(asked.get() >= 3);
    }

    @Test
    void tellsWhatDidNotCome() {
        AssertionError late =
                assertThrows(AssertionError.class, () -> Await.until("the tide", Duration.ofMillis(50), () -> false));

        assertEquals("the tide did not come within PT0.05S", late.getMessage());
    }

    @Test
    void failsAtOnceWhenTheConditionThrows() {
        assertThrows(
                AssertionError.class,
                () -> Await.until(Duration.ofHours(1), () -> {
                    throw new IllegalStateException("broken");
                }));
    }
}
