package dev.heddle.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Availability;
import dev.heddle.event.RunIds;
import dev.heddle.event.UserKey;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamTest {

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    static EdgeRig rig;

    @BeforeAll
    static void start(@TempDir Path directory) {
        rig = EdgeRig.start(KAFKA.bootstrapServers(), TokenSigner.ellipticIn(directory));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void helloComesFirstWithAUsableCursorAndOnlyOurSubprotocolIsEchoed() {
        try (TestClient client = rig.connect("hello-user", "")) {
            ObjectNode hello = client.next();
            assertEquals("heddle.v1", client.subprotocol());
            assertEquals("hello", hello.path("type").asText());
            assertEquals("heddle.v1", hello.path("protocol").asText());
            assertEquals("hello-user", hello.path("user").asText());
            assertEquals("fresh", hello.path("resume").asText());
            assertFalse(hello.has("reason"));
            assertEquals(25, hello.path("heartbeatSeconds").asInt());
            assertEquals(65_536, hello.path("maxFrameBytes").asInt());
            assertTrue(hello.path("tokenExpiresAt").asText().endsWith("Z"));
            ObjectNode snapshot = client.next();
            assertEquals("snapshot", snapshot.path("type").asText());
            assertEquals(hello.path("cursor").asText(), snapshot.path("cursor").asText());
            assertEquals("caughtUp", client.next().path("type").asText());
            try (TestClient again =
                    rig.connect("hello-user", "?cursor=" + hello.path("cursor").asText())) {
                assertEquals("resumed", again.next().path("resume").asText());
            }
        }
    }

    @Test
    void eventsComeInOrderAndContinueAfterACursor() {
        for (int i = 0; i < 10; i++) {
            rig.publish("reader", i, "word " + i);
        }
        String cursor;
        try (TestClient client = rig.connect("reader", "?from=earliest")) {
            client.next("hello");
            List<Integer> sequence = new ArrayList<>();
            cursor = "";
            while (sequence.size() < 5) {
                ObjectNode frame = client.next("events");
                frame.path("events")
                        .forEach(item -> sequence.add(item.path("runSeq").asInt()));
                cursor = frame.path("cursor").asText();
            }
            for (int i = 0; i < sequence.size(); i++) {
                assertEquals(i, sequence.get(i));
            }
            if (sequence.size() == 10) {
                rig.publish("reader", 10, "later");
            }
        }
        try (TestClient client = rig.connect("reader", "?cursor=" + cursor)) {
            assertEquals("resumed", client.next("hello").path("resume").asText());
            JsonNode first = client.next("events").path("events").path(0);
            assertTrue(first.path("runSeq").asInt() >= 5);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0001-01-01T00:00:00Z",
                "-1000000000-01-01T00:00:00Z",
                "1969-12-31T23:59:59.999Z",
                "1970-01-01T00:00:00Z"
            })
    void anInstantBeforeTheLogIsItsBeginning(String instant) {
        String user = "before " + instant;
        rig.publish(user, 0, "first");
        try (TestClient client = rig.connect(user, "?from=" + instant)) {
            assertEquals("fresh", client.next("hello").path("resume").asText());
            assertEquals(
                    0,
                    client.next("events").path("events").path(0).path("runSeq").asInt());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"+1000000000-12-31T23:59:59Z", "+292278994-08-17T07:12:55.807Z", "9999-12-31T23:59:59Z"})
    void anInstantAfterTheLogIsItsEnd(String instant) {
        String user = "after " + instant;
        rig.publish(user, 0, "first");
        try (TestClient client = rig.connect(user, "?from=" + instant)) {
            client.next("caughtUp");
            rig.publish(user, 1, "second");
            assertEquals(
                    1,
                    client.next("events").path("events").path(0).path("runSeq").asInt());
        }
    }

    @Test
    void aLiveEventReachesEachOfTheUsersConnectionsAndNobodyElse() {
        try (TestClient phone = rig.connect("live", "");
                TestClient desk = rig.connect("live", "");
                TestClient other = rig.connect("someone-else", "")) {
            phone.next("caughtUp");
            desk.next("caughtUp");
            other.next("caughtUp");
            rig.publish("live", 0, "for live only");
            rig.publish("someone-else", 0, "for someone else");
            for (TestClient client : List.of(phone, desk)) {
                assertEquals(
                        "for live only",
                        client.next("events")
                                .path("events")
                                .path(0)
                                .path("event")
                                .path("delta")
                                .asText());
            }
            assertEquals(
                    "for someone else",
                    other.next("events")
                            .path("events")
                            .path(0)
                            .path("event")
                            .path("delta")
                            .asText());
            assertFalse(other.hasFrames());
        }
    }

    @Test
    void anUnusableCursorIsAResetAndNotARefusal() {
        try (TestClient garbage = rig.connect("r1", "?cursor=garbage");
                TestClient huge = rig.connect("r1", "?cursor=" + "A".repeat(300))) {
            for (TestClient client : List.of(garbage, huge)) {
                ObjectNode hello = client.next("hello");
                assertEquals("reset", hello.path("resume").asText());
                assertEquals("malformed", hello.path("reason").asText());
                assertTrue(hello.path("lost").has("from") && hello.path("lost").has("to"));
            }
        }
    }

    @Test
    void anotherUsersCursorIsForeign() {
        String cursor;
        try (TestClient owner = rig.connect("owner", "")) {
            cursor = owner.next("hello").path("cursor").asText();
        }
        try (TestClient thief = rig.connect("thief", "?cursor=" + cursor)) {
            ObjectNode hello = thief.next("hello");
            assertEquals("reset", hello.path("resume").asText());
            assertEquals("foreign", hello.path("reason").asText());
        }
    }

    @Test
    void aCommandIsAcceptedOnceItIsInTheLogWithADerivedRunId() {
        try (TestClient client = rig.connect("boss", "")) {
            client.next("hello");
            client.send("""
                    {"type":"command","id":"c1","command":"run.start","agentId":"echo","threadId":"t1",
                     "input":{"messages":[{"id":"m1","role":"user","content":"hi"}]}}""");
            ObjectNode accepted = client.next("accepted");
            assertEquals("c1", accepted.path("id").asText());
            assertEquals(
                    RunIds.derive(UserKey.of("boss"), "c1"),
                    accepted.path("runId").asText());
        }
    }

    @Test
    void aCommandThatCannotBeCarriedOutIsRejectedAndTheConnectionGoesOn() {
        try (TestClient client = rig.connect("boss2", "")) {
            client.next("hello");
            client.send("""
                    {"type":"command","id":"c1","command":"run.start","agentId":"nobody","threadId":"t1",
                     "input":{"messages":[]}}""");
            ObjectNode unknown = client.next("rejected");
            assertEquals("unknown_agent", unknown.path("code").asText());
            assertFalse(unknown.path("retryable").asBoolean());
            client.send("{\"type\":\"command\",\"id\":\"c2\",\"command\":\"run.fly\",\"threadId\":\"t\"}");
            assertEquals("invalid", client.next("rejected").path("code").asText());
            client.send("{\"type\":\"ping\"}");
            assertEquals("{\"type\":\"pong\"}", client.nextText());
        }
    }

    @Test
    void badFramesAre4400() {
        for (String bad : List.of("{", "[]", "{\"type\":\"launch\"}", "{}", "{\"type\":\"command\"}", "nonsense")) {
            try (TestClient client = rig.connect("clumsy", "")) {
                client.next("hello");
                client.send(bad);
                assertEquals(4400, client.closeCode(), bad);
            }
        }
    }

    @Test
    void aTokenIsRenewedInBandForTheSameUserOnly() {
        try (TestClient client = rig.connect("keeper", "")) {
            client.next("hello");
            client.send("{\"type\":\"token\",\"token\":\"" + rig.tokens().token("keeper") + "\"}");
            assertTrue(client.next("token").path("expiresAt").asText().endsWith("Z"));
            client.send("{\"type\":\"token\",\"token\":\"" + rig.tokens().token("other") + "\"}");
            assertEquals(4403, client.closeCode());
        }
        try (TestClient client = rig.connect("keeper", "")) {
            client.next("hello");
            client.send("{\"type\":\"token\",\"token\":\"x.y.z\"}");
            assertEquals(4401, client.closeCode());
        }
    }

    @Test
    void aSessionEndsWhenItsTokenDoes() {
        String brief = rig.tokens().token(claims -> {
            claims.setSubject("brief");
            claims.setExpirationTimeMinutesInTheFuture(2 / 60f);
        });
        try (TestClient client = TestClient.connect(rig.port(), "", brief)) {
            client.next("hello");
            assertEquals(4401, client.closeCode());
        }
    }

    @Test
    void agentsAreToldWholeFirstAndThenEachChange() {
        try (TestClient client = rig.connect("watcher", "?agents=true")) {
            client.next("hello");
            ObjectNode all = client.next("agents");
            assertTrue(all.path("complete").asBoolean());
            assertEquals("echo", all.path("agents").path(0).path("agentId").asText());
            rig.announce(Availability.BUSY);
            ObjectNode change = client.next("agents");
            assertFalse(change.path("complete").asBoolean());
            assertEquals("busy", change.path("agents").path(0).path("status").asText());
            rig.announce(Availability.AVAILABLE);
            assertEquals(
                    "available",
                    client.next("agents").path("agents").path(0).path("status").asText());
        }
    }

    @Test
    void partitionAndAgentsCanBeAskedForBesideTheSocket() {
        Map<String, String> token =
                Map.of("Authorization", "Bearer " + rig.tokens().token("asker"));
        assertTrue(rig.get("/v1/partition", token).body().matches("\\{\"partition\":[0-3],\"partitions\":4}"));
        assertTrue(rig.get("/v1/agents", token).body().contains("\"agentId\":\"echo\""));
        assertEquals(401, rig.get("/v1/partition", Map.of()).statusCode());
        assertEquals(404, rig.get("/v1/nothing", token).statusCode());
    }

    @Test
    void healthAndMetricsAreOnTheManagementPortOnly() {
        assertEquals(200, rig.manage("/health/live").statusCode());
        assertEquals("ready\n", rig.manage("/health/ready").body());
        String metrics = rig.manage("/metrics").body();
        assertTrue(metrics.contains("heddle_edge_events_foreign_total 0.0"), metrics);
        assertTrue(metrics.contains("heddle_edge_closes_total{cause=\"draining\",protocol=\"heddle.v1\"}"), metrics);
        assertEquals(404, rig.get("/metrics", Map.of()).statusCode());
    }
}
