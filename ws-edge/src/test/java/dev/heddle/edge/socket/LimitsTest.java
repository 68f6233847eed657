package dev.heddle.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class LimitsTest {

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static EdgeRig tightRig(Path directory) {
        return EdgeRig.start(
                KAFKA.bootstrapServers(),
                TokenSigner.ellipticIn(directory),
                "limits.maxFrameBytes=1024",
                "limits.maxFragments=8",
                "limits.connections=4",
                "limits.connectionsPerAddress=3",
                "limits.connectionsPerUser=2",
                "limits.unauthenticated=2",
                "sessions.heartbeat=1s",
                "sessions.maximumAge=0s",
                "sessions.drainWindow=2s",
                "sessions.cursorRefresh=1s",
                "http.publicUrl=https://events.example.com",
                "http.requestTimeout=20s",
                "http.idleTimeout=20s",
                "http.closeTimeout=1s");
    }

    @Test
    void theOldestConnectionOfAUserGoesFirst(@TempDir Path directory) {
        try (EdgeRig rig = tightRig(directory);
                TestClient first = rig.connect("many", "");
                TestClient second = rig.connect("many", "")) {
            first.next("hello");
            second.next("hello");
            try (TestClient third = rig.connect("many", "")) {
                third.next("hello");
                assertEquals(4409, first.closeCode());
                rig.publish("many", 0, "still here");
                second.next("events");
                third.next("events");
            }
        }
    }

    @Test
    void tooManyConnectionsFromOneAddressAre4429AndRoomIsGivenBack(@TempDir Path directory) {
        try (EdgeRig rig = tightRig(directory)) {
            try (TestClient a = rig.connect("a", "");
                    TestClient b = rig.connect("b", "");
                    TestClient c = rig.connect("c", "")) {
                a.next("hello");
                b.next("hello");
                c.next("hello");
                try (TestClient d = rig.connect("d", "")) {
                    assertEquals(4429, d.closeCode());
                }
            }
            assertTrue(eventuallyAdmitted(rig));
        }
    }

    private static boolean eventuallyAdmitted(EdgeRig rig) {
        for (int i = 0; i < 200; i++) {
            try (TestClient client = rig.connect("d", "")) {
                if (!client.isRefused()) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void tooManyRequestsOfAnAddressInATimeAre4429AndAnothersAreNone(@TempDir Path directory) {
        try (EdgeRig rig = EdgeRig.start(
                KAFKA.bootstrapServers(),
                TokenSigner.ellipticIn(directory),
                "limits.connectsPerSecond=1",
                "limits.connectBurst=2",
                "http.trustedProxies=127.0.0.0/8")) {
            Map<String, String> one = asked(rig, "1.2.3.4, 203.0.113.7");
            assertEquals(200, rig.get("/v1/partition", one).statusCode());
            assertEquals(
                    200,
                    rig.get("/v1/partition", asked(rig, "5.6.7.8, 203.0.113.7")).statusCode());
            assertEquals(
                    429, rig.get("/v1/partition", asked(rig, "203.0.113.7")).statusCode());
            assertEquals(
                    200,
                    rig.get("/v1/partition", asked(rig, "203.0.113.7, 203.0.113.8"))
                            .statusCode());
            assertTrue(eventuallyRefused(rig), "connects are counted too");
        }
    }

    /** Connects until that was too often: while connecting takes time, more becomes allowed. */
    private static boolean eventuallyRefused(EdgeRig rig) {
        for (int i = 0; i < 100; i++) {
            try (TestClient client = rig.connect("a", "")) {
                if (client.isRefused()) {
                    assertEquals(4429, client.closeCode());
                    return true;
                }
            }
        }
        return false;
    }

    private static Map<String, String> asked(EdgeRig rig, String forwarded) {
        return Map.of("Authorization", "Bearer " + rig.tokens().token("asker"), "X-Forwarded-For", forwarded);
    }

    @Test
    void commandsOfAUserAreCountedOverAllTheirConnections(@TempDir Path directory) {
        String command =
                "{\"type\":\"command\",\"id\":\"%s\",\"command\":\"run.cancel\",\"threadId\":\"t\",\"runId\":\"r\"}";
        try (EdgeRig rig = EdgeRig.start(
                        KAFKA.bootstrapServers(),
                        TokenSigner.ellipticIn(directory),
                        "limits.commandsPerSecond=1",
                        "limits.commandBurst=2");
                TestClient one = rig.connect("commander", "");
                TestClient two = rig.connect("commander", "");
                TestClient other = rig.connect("someone else", "")) {
            one.send(String.format(command, "1"));
            assertEquals("1", one.next("accepted").path("id").asText());
            two.send(String.format(command, "2"));
            assertEquals("2", two.next("accepted").path("id").asText());
            one.send(String.format(command, "3"));
            ObjectNode rejected = one.next("rejected");
            assertEquals("rate_limited", rejected.path("code").asText());
            assertTrue(rejected.path("retryable").asBoolean());
            other.send(String.format(command, "4"));
            other.next("accepted");
        }
    }

    @Test
    void aMessageInTooManyFragmentsIs4413(@TempDir Path directory) {
        try (EdgeRig rig = tightRig(directory);
                RawClient client = RawClient.connected(rig.port(), rig.tokens().token("splitter"))) {
            client.write(RawClient.masked(RawClient.TEXT, "{".getBytes(StandardCharsets.US_ASCII)));
            for (int i = 0; i < 8; i++) {
                client.write(RawClient.masked(0, new byte[0]));
            }
            assertEquals(4413, client.closeCode());
        }
    }

    @Test
    void aPeerThatAnswersNoPingIs4408(@TempDir Path directory) {
        try (EdgeRig rig = tightRig(directory);
                RawClient silent = RawClient.connected(rig.port(), rig.tokens().token("silent"));
                TestClient alive = rig.connect("alive", "")) {
            alive.next("hello");
            assertEquals(4408, silent.closeCode());
            assertTrue(silent.isEnded());
            alive.send("{\"type\":\"ping\"}");
            assertEquals("pong", alive.next("pong").path("type").asText());
        }
    }

    @Test
    void aRequestThatTricklesInIsCutAndSoIsOneThatNeverComes(@TempDir Path directory) {
        try (EdgeRig rig = EdgeRig.start(
                        KAFKA.bootstrapServers(),
                        TokenSigner.ellipticIn(directory),
                        "http.requestTimeout=1s", // so short that only a sender that is slow on purpose misses it
                        "http.idleTimeout=1s",
                        "http.closeTimeout=1s");
                RawClient one = new RawClient(rig.port());
                RawClient two = new RawClient(rig.port())) {
            one.write("GET /v1/stream HT".getBytes(StandardCharsets.US_ASCII));
            assertTrue(one.isEnded());
            assertTrue(two.isEnded());
            assertEquals(401, rig.get("/v1/partition", Map.of()).statusCode());
        }
    }

    @Test
    void ofTooManySilentSocketsTheLongestSilentMakesRoomForWhoAsks(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        byte[] request = ("GET /v1/partition HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + tokens.token("asker")
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try (EdgeRig rig = EdgeRig.start(
                        KAFKA.bootstrapServers(),
                        tokens,
                        "limits.unauthenticated=2",
                        "http.eventLoops=1",
                        "http.requestTimeout=1m",
                        "http.idleTimeout=1m",
                        "http.closeTimeout=1s");
                RawClient one = new RawClient(rig.port());
                RawClient two = new RawClient(rig.port())) {
            one.write("GET /v1/part".getBytes(StandardCharsets.US_ASCII));
            try (RawClient three = new RawClient(rig.port())) {
                assertTrue(one.isEnded());
                three.write(request);
                assertTrue(three.head().startsWith("HTTP/1.1 200"));
                // Who has asked and been answered is waited for since then only: of these two it is the other that
                // goes.
                try (RawClient four = new RawClient(rig.port())) {
                    assertTrue(two.isEnded());
                    four.write(request);
                    assertTrue(four.head().startsWith("HTTP/1.1 200"));
                    three.write(request);
                    assertTrue(three.head().contains("HTTP/1.1 200"), "after the first answer's body");
                }
            }
        }
    }

    @Test
    void theConfiguredPublicAddressIsTheOriginThatCounts(@TempDir Path directory) {
        try (EdgeRig rig = tightRig(directory)) {
            String token = "Bearer " + rig.tokens().token("web");
            assertEquals(
                    200,
                    rig.get("/v1/partition", Map.of("Authorization", token, "Origin", "https://events.example.com"))
                            .statusCode());
            assertEquals(
                    403,
                    rig.get("/v1/partition", Map.of("Authorization", token, "Origin", "http://127.0.0.1:" + rig.port()))
                            .statusCode());
        }
    }

    @Test
    void aClosingEdgeSaysGoodbyeWithTheCursorToComeBackWith(@TempDir Path directory) {
        try (EdgeRig rig = tightRig(directory);
                TestClient client = rig.connect("leaving", "")) {
            client.next("caughtUp");
            rig.publish("leaving", 0, "before");
            String cursor = client.next("events").path("cursor").asText();
            rig.stopEdge();
            ObjectNode goodbye = client.next("goodbye");
            assertEquals(4001, goodbye.path("code").asInt());
            assertEquals("draining", goodbye.path("reason").asText());
            assertTrue(goodbye.path("retryAfterMs").asLong() < 2_000);
            assertEquals(cursor, goodbye.path("cursor").asText());
            assertEquals(4001, client.closeCode());
        }
    }

    @Test
    void aConnectionOfTheMaximumAgeIsAskedToComeAgain(@TempDir Path directory) {
        try (EdgeRig rig = EdgeRig.start(
                        KAFKA.bootstrapServers(), TokenSigner.ellipticIn(directory), "sessions.maximumAge=1s");
                TestClient client = rig.connect("aged", "")) {
            client.next("caughtUp");
            rig.publish("aged", 0, "before");
            String cursor = client.next("events").path("cursor").asText();
            ObjectNode goodbye = client.next("goodbye");
            assertEquals(4001, goodbye.path("code").asInt());
            assertEquals("maximumAge", goodbye.path("reason").asText());
            assertEquals(cursor, goodbye.path("cursor").asText());
            assertEquals(4001, client.closeCode());
            rig.publish("aged", 1, "between");
            try (TestClient again = rig.connect("aged", "?cursor=" + cursor)) {
                assertEquals("resumed", again.next("hello").path("resume").asText());
                JsonNode items = again.next("events").path("events");
                assertEquals(1, items.size());
                assertEquals(1, items.path(0).path("runSeq").asInt());
            }
        }
    }

    @Test
    void connectionsOfOneAgeLeaveOneAfterTheOther(@TempDir Path directory) {
        int crowd = 40;
        List<TestClient> clients = new ArrayList<>();
        try (EdgeRig rig =
                EdgeRig.start(KAFKA.bootstrapServers(), TokenSigner.ellipticIn(directory), "sessions.maximumAge=2s")) {
            List<CompletableFuture<Long>> ages = new ArrayList<>();
            for (int i = 0; i < crowd; i++) {
                long came = System.nanoTime(); // before the edge says so: on a busy machine the hello may come late
                TestClient client = rig.connect("of-one-age-" + i, "");
                clients.add(client);
                client.next("hello");
                ages.add(client.closed().thenApply(code -> {
                    assertEquals(4001, code);
                    return System.nanoTime() - came;
                }));
            }
            LongSummaryStatistics all = ages.stream()
                    .mapToLong(age -> age.orTimeout(20, TimeUnit.SECONDS).join() / 1_000_000)
                    .summaryStatistics();
            // Nine tenths to eleven tenths of 2 s. All at once they would be as far apart as the wheel's ticks.
            assertTrue(all.getMin() >= 1_700, all.toString());
            assertTrue(all.getMax() - all.getMin() >= 200, all.toString());
        } finally {
            clients.forEach(TestClient::close);
        }
    }

    @Test
    void aQuietUsersCursorMovesWhileOthersEventsMoveTheLog(@TempDir Path directory) {
        try (EdgeRig rig = tightRig(directory);
                TestClient quiet = rig.connect("quiet", "")) {
            String before = quiet.next("caughtUp").path("cursor").asText();
            for (int i = 0; i < 40; i++) {
                rig.publish("noisy-" + i, 0, "noise");
            }
            ObjectNode moved = quiet.next("events");
            assertEquals(0, moved.path("events").size());
            assertTrue(!moved.path("cursor").asText().equals(before));
        }
    }
}
