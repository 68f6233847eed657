package dev.heddle.edge.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.edge.hub.StartRequest;
import dev.heddle.edge.hub.Subscription;
import dev.heddle.edge.hub.TypeFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QueryTest {

    private static StreamRequest understood(String query) {
        return assertInstanceOf(StreamRequest.Parsed.Understood.class, StreamRequest.parse(Query.of(query)))
                .request();
    }

    private static String bad(String query) {
        return assertInstanceOf(StreamRequest.Parsed.Bad.class, StreamRequest.parse(Query.of(query)))
                .parameter();
    }

    @Test
    void nothingAskedIsLatestWithASnapshot() {
        StreamRequest request = understood("");
        assertEquals(new StartRequest.Latest(), request.start());
        assertEquals(
                Set.of(Subscription.Option.SNAPSHOT), request.subscription().options());
        assertNull(request.subscription().thread());
        assertEquals(TypeFilter.ALL, request.subscription().types());
        assertEquals(StreamRequest.Agents.NOT_WANTED, request.agents());
    }

    @Test
    void aCursorBeatsFromAndMayBeAnything() {
        assertEquals(
                new StartRequest.AtCursor("abc"),
                understood("from=earliest&cursor=abc").start());
        assertEquals(new StartRequest.AtCursor(""), understood("cursor=").start());
        assertEquals(
                new StartRequest.AtCursor("é".repeat(400)),
                understood("cursor=" + "%C3%A9".repeat(400)).start());
        assertEquals("from", bad("from=never&cursor=abc"));
    }

    @Test
    void fromIsAWordAnInstantOrACount() {
        assertEquals(new StartRequest.Earliest(), understood("from=earliest").start());
        assertEquals(
                new StartRequest.Last(10_000), understood("from=last:10000").start());
        Instant instant = Instant.parse("2026-01-01T00:00:00Z");
        assertEquals(
                new StartRequest.At(instant),
                understood("from=2026-01-01T00:00:00Z").start());
        assertEquals(
                new StartRequest.At(instant),
                understood("from=2026-01-01T01:00:00%2B01:00").start());
        assertEquals(
                new StartRequest.At(instant),
                understood("from=2026-01-01T01:00:00+01:00").start(),
                "a plus that was not encoded");
        for (String before :
                List.of("0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "-999999999999-01-01T00:00:00Z")) {
            assertEquals(
                    new StartRequest.At(Instant.EPOCH),
                    understood("from=" + before).start(),
                    before);
        }
        for (String after : List.of("+1000000000-12-31T23:59:59Z", "+999999999999-01-01T00:00:00Z")) {
            assertEquals(
                    new StartRequest.At(Instant.ofEpochMilli(Long.MAX_VALUE)),
                    understood("from=" + after).start(),
                    after);
        }
        for (String from : List.of("", "last:", "last:0", "last:10001", "last:99999999999", "2026-01-01", "LATEST")) {
            assertEquals("from", bad("from=" + from), from);
        }
    }

    @Test
    void filtersAndSwitches() {
        StreamRequest request =
                understood("thread=a%20b+c&types=RUN_*,CUSTOM&fold=true&snapshot=false&agents=true&p=3&x=1&x=2");
        assertEquals("a b c", request.subscription().thread());
        assertEquals(Set.of(Subscription.Option.FOLD), request.subscription().options());
        assertEquals(StreamRequest.Agents.WANTED, request.agents());
        assertEquals("types", bad("types="));
        assertEquals("types", bad("types=RUN_*_X"));
        assertEquals("fold", bad("fold="));
        assertEquals("p", bad("p=1.5"));
        assertEquals("thread", bad("thread=%ED%A0%80"));
        assertEquals("agents", bad("agents=true&agents=true"));
    }

    @Test
    void tokensInTheUrlAreFound() {
        String jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.";
        for (String query :
                List.of("token=", "ACCESS_TOKEN=x", "jwt=1", "a=" + jwt, jwt, "a=Bearer%20" + jwt, "cursor=x" + jwt)) {
            assertTrue(Query.of(query).hasToken(), query);
        }
        for (String query : List.of("", "cursor=AAAA_-", "thread=a.b.c", "tokens=1", "x=eyJ")) {
            assertFalse(Query.of(query).hasToken(), query);
        }
    }

    @Test
    void noQueryMakesTheReadersThrow() {
        Random random = new Random(42);
        String alphabet = "cursorfmthedayplsnoi=&%+:*,2026-T0Z.eyJ é\u0000\ud800";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder query = new StringBuilder();
            for (int n = random.nextInt(60); n > 0; n--) {
                query.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            Query parsed = Query.of(query.toString());
            assertNotNull(StreamRequest.parse(parsed));
            assertFalse(
                    parsed.hasToken()
                            && query.indexOf("eyJ") < 0
                            && query.indexOf("auth") < 0
                            && query.indexOf("token") < 0
                            && query.indexOf("jwt") < 0,
                    () -> query.toString());
        }
    }

    /**
     * Half a second of work for each request, before anybody has been asked for a token, if each place is begun at
     * again.
     */
    @Test
    void lookingForTokensTakesTimeInProportionToTheLength() {
        String hostile = "x=" + "eyJ".repeat(2_700);
        assertTimeout(Duration.ofSeconds(10), () -> {
            for (int i = 0; i < 5_000; i++) {
                assertFalse(Query.of(hostile).hasToken());
            }
        });
        assertTrue(Query.of("x=a.eyJhbGciOiJub25lIn0.e30.").hasToken());
    }
}
