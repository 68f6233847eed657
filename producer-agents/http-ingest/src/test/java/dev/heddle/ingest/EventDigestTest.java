package dev.heddle.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.heddle.event.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The digest by itself; what senders see of it is in {@link SameEventTest}. */
class EventDigestTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.00e7, 0",
        "100000, 1e5",
        "1E+5, 1e5",
        "0.00120, 12e-4",
        "-1.50, -15e-1",
        "1e99999999999999999999, " + "1e99999999999999999999",
        "10e-99999999999999999999, 1e-99999999999999999998",
        "1e0000000000000000000001, 1e1"
    })
    void aNumberHasOneText(String number, String text) {
        assertEquals(text, EventDigest.canonical(number));
    }

    @Test
    void numbersAreComparedAsBigDecimalsAre() {
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            String one = number(random);
            String other = number(random);
            assertEquals(
                    new BigDecimal(one).compareTo(new BigDecimal(other)) == 0,
                    EventDigest.canonical(one).equals(EventDigest.canonical(other)),
                    one + " and " + other);
        }
    }

    private static String number(Random random) {
        String whole = random.nextBoolean() ? "0" : String.valueOf(1 + random.nextInt(20));
        return (random.nextBoolean() ? "-" : "")
                + whole
                + (random.nextBoolean() ? "." + random.nextInt(30) : "")
                + (random.nextBoolean() ? "e" + (random.nextInt(5) - 2) : "");
    }

    @Test
    void aTreeAndItsTextHaveTheSameDigestAndAnythingElseHasNot() {
        String text = "{\"type\":\"X\",\"a\":[1.50,{\"b\":\"\\ud800\"},[],{}],\"c\":null,\"timestamp\":1}";
        long digest = EventDigest.of(Json.parseObject(text));
        assertEquals(digest, EventDigest.of(text.getBytes(StandardCharsets.UTF_8)));
        for (String other : new String[] {
            text.replace("X", "Y"), text.replace("1.50", "1.51"), text.replace("[],{}", "{},[]"),
            text.replace("null", "false"), text.replace("\"a\"", "\"A\""), text.replace("[],", "")
        }) {
            assertNotEquals(digest, EventDigest.of(other.getBytes(StandardCharsets.UTF_8)), other);
        }
        assertEquals(EventDigest.UNREADABLE, EventDigest.of("{\"a\":".getBytes(StandardCharsets.UTF_8)));
        assertEquals(EventDigest.UNREADABLE, EventDigest.of("{\"a\":1,\"a\":1}".getBytes(StandardCharsets.UTF_8)));
        assertEquals(EventDigest.UNREADABLE, EventDigest.of("[]".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void hugeExponentsCostNothing() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertEquals(
                        EventDigest.of("{\"a\":1e999999999}".getBytes(StandardCharsets.UTF_8)),
                        EventDigest.of("{\"a\":0.1e1000000000}".getBytes(StandardCharsets.UTF_8))));
    }
}
