package dev.heddle.edge.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.edge.socket.EdgeRig;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The heap that an idle response takes, beside that of an idle connection of {@code heddle.v1}. */
class ResponseMemoryTest {

    private static final int CONNECTIONS = 3_000;

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    @Test
    @EnabledIfSystemProperty(named = "heddle.full", matches = "true")
    void aResponseTakesAtMostHalfAsMuchAgainAsAWebSocket(@TempDir Path directory) {
        try (EdgeRig rig = EdgeRig.start(
                KAFKA.bootstrapServers(), TokenSigner.ellipticIn(directory), "limits.connectionsPerUser=10000")) {
            AgUiRequests agui = new AgUiRequests(rig);
            agui.publish("memory", "t", "r", 0, AgUiRequests.started("t", "r"));
            IntFunction<HttpPeer> response = i -> {
                HttpPeer peer = agui.send("GET", "/v1/agui/echo/runs/r", "memory");
                assertEquals(200, peer.head().status());
                assertNotNull(peer.next());
                return peer;
            };
            IntFunction<HttpPeer> socket = i -> {
                HttpPeer peer = agui.send(
                        "GET",
                        "/v1/stream?snapshot=false",
                        "memory",
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Protocol: heddle.v1");
                assertEquals(101, peer.head().status());
                return peer;
            };
            long ofSocket = heapOf(rig, socket);
            long ofResponse = heapOf(rig, response);
            System.out.println("measured: heap of an idle connection with both its ends: heddle.v1 " + ofSocket
                    + " bytes, response " + ofResponse + " bytes");
            assertTrue(ofResponse <= ofSocket * 3 / 2, ofResponse + " bytes, a WebSocket takes " + ofSocket);
        }
    }

    /** The heap of one connection: that of many, after as many others have made the code and the pools warm. */
    private static long heapOf(EdgeRig rig, IntFunction<HttpPeer> connect) {
        long each = 0;
        for (int round = 0; round < 2; round++) {
            long before = heap();
            List<HttpPeer> peers = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                peers.add(connect.apply(i));
            }
            each = (heap() - before) / CONNECTIONS;
            peers.forEach(HttpPeer::close);
            await().until(() -> rig.meter("heddle_edge_sessions") == 0);
        }
        return each;
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
