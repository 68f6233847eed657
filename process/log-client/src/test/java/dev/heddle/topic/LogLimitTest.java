package dev.heddle.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogLimitTest {
    @Test
    void theFirstOfAMinuteAreLoggedAndTheNextLineSaysHowManyWereNot() {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
        LogLimit limit = new LogLimit(2, Duration.ofMinutes(1), now::get);

        assertEquals(OptionalLong.of(0), limit.permit());
        assertEquals(OptionalLong.of(0), limit.permit());
        IntStream.range(0, 1_000_000).forEach(i -> assertEquals(OptionalLong.empty(), limit.permit()));
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        assertEquals(OptionalLong.of(1_000_000), limit.permit());
        assertEquals(OptionalLong.of(0), limit.permit());
        assertEquals(OptionalLong.empty(), limit.permit());
    }
}
