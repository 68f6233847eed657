package dev.heddle.edge.http;

import static dev.heddle.edge.http.AgUiRequests.finished;
import static dev.heddle.edge.http.AgUiRequests.input;
import static dev.heddle.edge.http.AgUiRequests.started;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.heddle.edge.http.HttpPeer.End;
import dev.heddle.edge.socket.EdgeRig;
import dev.heddle.event.Json;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** AG-UI's routes while Kafka is away. */
class AgUiKafkaAwayTest {

    @Test
    void aResponseIsBrokenANewcomerIs503AndTheRunIsToldAfterwards(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        try (FreshCluster cluster = KafkaFixture.freshCluster();
                EdgeRig rig = EdgeRig.start(cluster.bootstrapServers(), tokens, "http.requestTimeout=3s")) {
            AgUiRequests agui = new AgUiRequests(rig);
            agui.publish("away", "t", "r", 0, started("t", "r"));
            try (HttpPeer open = agui.post("/v1/agui/echo", "away", input("t", "r"))) {
                assertEquals(200, open.head().status());
                assertNotNull(open.next());
                cluster.stopBroker(0);
                assertUnavailable(agui); // before the edge has noticed
                assertEquals(End.BROKEN, open.end());
                assertUnavailable(agui);
            }
            cluster.startBroker(0);
            agui.publish("away", "t", "r", 1, finished("t", "r"));
            int status = 503;
            while (status == 503) {
                try (HttpPeer back = agui.post("/v1/agui/echo", "away", input("t", "r"))) {
                    status = back.head().status();
                    assertEquals(status == 200 ? 2 : 0, back.all().size());
                }
            }
            assertEquals(200, status);
        }
    }

    private static void assertUnavailable(AgUiRequests agui) {
        try (HttpPeer peer = agui.post("/v1/agui/echo", "newcomer", input("t", "r"))) {
            assertEquals(503, peer.head().status());
            assertEquals(
                    "unavailable", Json.parseObject(peer.body()).path("code").asText());
        }
    }
}
