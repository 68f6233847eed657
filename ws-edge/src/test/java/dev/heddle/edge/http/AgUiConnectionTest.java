package dev.heddle.edge.http;

import static dev.heddle.edge.http.AgUiRequests.begin;
import static dev.heddle.edge.http.AgUiRequests.finished;
import static dev.heddle.edge.http.AgUiRequests.input;
import static dev.heddle.edge.http.AgUiRequests.started;
import static dev.heddle.edge.http.AgUiRequests.text;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.edge.http.HttpPeer.End;
import dev.heddle.edge.socket.EdgeRig;
import dev.heddle.testing.Background;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.TestCertificate;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The ends of responses that deliver: none is clean before the run's terminal event. */
class AgUiConnectionTest {

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static EdgeRig rig(Path directory, String... settings) {
        return EdgeRig.start(KAFKA.bootstrapServers(), TokenSigner.ellipticIn(directory), settings);
    }

    /** A response that has told the beginning of a run. */
    private static HttpPeer running(EdgeRig rig, String user) {
        AgUiRequests agui = new AgUiRequests(rig);
        HttpPeer peer = agui.post("/v1/agui/echo", user, input("t", "r"));
        assertEquals(200, peer.head().status());
        agui.publish(user, "t", "r", 0, started("t", "r"));
        assertNotNull(peer.next());
        return peer;
    }

    private static void assertClosed(EdgeRig rig, String cause) {
        String line = "heddle_edge_closes_total{cause=\"" + cause + "\",protocol=\"agui\"} 1.0";
        await(line).until(() -> rig.manage("/metrics").body().contains(line));
    }

    @Test
    void anIdleResponseIsKeptAliveByCommentsAndARunIsToldToItsEndAfterThem(@TempDir Path directory) {
        try (EdgeRig rig = rig(directory, "sessions.heartbeat=1s");
                HttpPeer peer = running(rig, "idle")) {
            int comments = 0;
            while (comments < 4) {
                comments += ":".equals(peer.bodyLine()) ? 1 : 0;
            }
            new AgUiRequests(rig).publish("idle", "t", "r", 1, finished("t", "r"));
            assertEquals(1, peer.all().size());
            assertEquals(End.CLEAN, peer.end());
            assertClosed(rig, "complete");
        }
    }

    @Test
    void aResponseIsBrokenAtItsMaximumAge(@TempDir Path directory) {
        try (EdgeRig rig = rig(directory, "sessions.maximumAge=2s");
                HttpPeer peer = running(rig, "aged")) {
            assertEquals(End.BROKEN, peer.end());
            assertClosed(rig, "maximum_age");
        }
    }

    @Test
    void aResponseIsBrokenWhenItsUserIsRevoked(@TempDir Path directory) {
        try (EdgeRig rig = rig(directory);
                HttpPeer peer = running(rig, "revoked-agui")) {
            rig.revoke("revoked-agui", Instant.now().plusSeconds(1));
            assertEquals(End.BROKEN, peer.end());
            assertClosed(rig, "token_revoked");
        }
    }

    @Test
    void theOldestResponseOfAUserIsBrokenByOneTooMany(@TempDir Path directory) {
        try (EdgeRig rig = rig(directory, "limits.connectionsPerUser=2");
                HttpPeer first = running(rig, "many");
                HttpPeer second = running(rig, "many");
                HttpPeer third = running(rig, "many")) {
            assertEquals(End.BROKEN, first.end());
            new AgUiRequests(rig).publish("many", "t", "r", 3, finished("t", "r"));
            assertEquals(End.CLEAN, second.end());
            assertEquals(End.CLEAN, third.end());
            assertClosed(rig, "replaced_by_newer");
        }
    }

    @Test
    void aDrainingEdgeBreaksResponsesAndAnswersNoNewRequest(@TempDir Path directory) {
        try (EdgeRig rig = rig(directory, "sessions.drainWindow=5s")) {
            List<HttpPeer> peers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                peers.add(running(rig, "drained-" + i));
            }
            CompletableFuture<Void> stopped = Background.run(rig::stopEdge);
            boolean refused = false;
            while (!refused) {
                try (HttpPeer late = new AgUiRequests(rig).send("GET", "/v1/agui/echo/runs/r", "drained-0")) {
                    refused = late.isEnded();
                }
            }
            for (HttpPeer peer : peers) {
                assertEquals(End.BROKEN, peer.end());
                peer.close();
            }
            stopped.join();
        }
    }

    @Test
    void aReaderWhoStopsIsGivenUpAndAnotherUserIsNotHeldUp(@TempDir Path directory) {
        try (EdgeRig rig = rig(directory, "sessions.heartbeat=1s", "http.sendBufferBytes=4KiB");
                HttpPeer stopped = running(rig, "stopped");
                HttpPeer other = running(rig, "other")) {
            AgUiRequests agui = new AgUiRequests(rig);
            agui.publish("stopped", "t", "r", 1, begin("m"));
            ObjectNode large = text("m", "x".repeat(400_000));
            for (int seq = 2; seq < 20; seq++) {
                agui.publish("stopped", "t", "r", seq, large);
            }
            agui.publish("other", "t", "r", 1, finished("t", "r"));
            assertEquals(End.CLEAN, other.end());
            assertClosed(rig, "heartbeat_missed");
            assertEquals(End.BROKEN, stopped.end());
        }
    }

    @Test
    void aTokenThatEndsBreaksTheResponse(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        try (EdgeRig rig = EdgeRig.start(KAFKA.bootstrapServers(), tokens)) {
            new AgUiRequests(rig).publish("expiring", "t", "r", 0, started("t", "r"));
            String token = tokens.token("expiring", Duration.ofSeconds(3));
            try (HttpPeer peer = new HttpPeer(rig.port())) {
                peer.send("GET /v1/agui/echo/runs/r HTTP/1.1", List.of("Authorization: Bearer " + token), new byte[0])
                        .head();
                assertEquals(200, peer.status());
                assertNotNull(peer.next());
                assertEquals(End.BROKEN, peer.end());
            }
            assertClosed(rig, "token_expired");
        }
    }

    @Test
    void overTlsARunIsToldToItsEndAndABrokenOneIsBroken(@TempDir Path directory) {
        TestCertificate certificate = new TestCertificate(directory);
        certificate.install("only");
        try (EdgeRig rig = rig(
                        directory,
                        "http.tls.certificate=" + certificate.certificate(),
                        "http.tls.key=" + certificate.key());
                HttpPeer whole = new HttpPeer(rig.port(), TestCertificate.socket());
                HttpPeer broken = new HttpPeer(rig.port(), TestCertificate.socket())) {
            AgUiRequests agui = new AgUiRequests(rig);
            agui.publish("tls-whole", "t", "r", 0, started("t", "r"), finished("t", "r"));
            agui.publish("tls-broken", "t", "r", 0, started("t", "r"));
            List<String> head = List.of("Authorization: Bearer " + rig.tokens().token("tls-whole"));
            whole.send("GET /v1/agui/echo/runs/r HTTP/1.1", head, new byte[0]).head();
            assertEquals(2, whole.all().size());
            assertEquals(End.CLEAN, whole.end());
            head = List.of("Authorization: Bearer " + rig.tokens().token("tls-broken"));
            broken.send("GET /v1/agui/echo/runs/r HTTP/1.1", head, new byte[0]).head();
            assertNotNull(broken.next());
            rig.revoke("tls-broken", Instant.now().plusSeconds(1));
            assertEquals(End.BROKEN, broken.end());
        }
    }
}
