package dev.heddle.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaAwayAtConnectTest {

    private static final Duration LONG = Duration.ofSeconds(40);

    private static FreshCluster cluster;

    @BeforeAll
    static void start() {
        cluster = KafkaFixture.freshCluster();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** Two edges: of one the patience ends first, of the other the log's own. */
    @Test
    void whoComesWhileKafkaIsAwayIsSentAwayWithoutAFrameAndServedAfterwards(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        try (EdgeRig hasty = EdgeRig.start(cluster.bootstrapServers(), tokens, "sessions.beginTimeout=3s");
                EdgeRig slow = EdgeRig.start(cluster.bootstrapServers(), tokens, "sessions.beginTimeout=5m")) {
            String cursor;
            try (TestClient early = hasty.connect("early", "")) {
                cursor = early.next("caughtUp").path("cursor").asText();
            }
            cluster.stopBroker(0);
            try (TestClient newcomer = hasty.connect("newcomer", "");
                    TestClient returning = hasty.connect("early", "?cursor=" + cursor);
                    TestClient waiting = slow.connect("waiting", "")) {
                assertEquals(4503, newcomer.closeCode());
                assertEquals(4503, returning.closeCode());
                assertEquals(4503, waiting.closeCode(LONG));
                assertFalse(newcomer.hasFrames() || returning.hasFrames() || waiting.hasFrames());
            }
            cluster.startBroker(0);
            hasty.publish("early", 0, "meanwhile");
            try (TestClient back = slow.connect("early", "?cursor=" + cursor)) {
                assertEquals("resumed", back.next("hello").path("resume").asText());
                assertEquals(1, back.next("events").path("events").size());
            }
        }
    }
}
