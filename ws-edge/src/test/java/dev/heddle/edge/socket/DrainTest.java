package dev.heddle.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import dev.heddle.testing.Background;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class DrainTest {

    private static final Duration WINDOW = Duration.ofSeconds(4);
    private static final int SESSIONS = 60;

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    @Test
    void sessionsLeaveOneAfterTheOtherAndComeBackAllOverTheWindow(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        List<RawClient> clients = new ArrayList<>();
        try (EdgeRig rig = EdgeRig.start(KAFKA.bootstrapServers(), tokens, "sessions.drainWindow=" + WINDOW)) {
            for (int i = 0; i < SESSIONS; i++) {
                clients.add(RawClient.connected(rig.port(), tokens.token("leaving-" + i)));
            }
            long begun = System.nanoTime();
            CompletableFuture<Void> stopped = Background.run(rig::stopEdge);
            List<Long> told = new ArrayList<>();
            List<Long> back = new ArrayList<>();
            for (RawClient client : clients) {
                ObjectNode goodbye = goodbye(client);
                assertEquals("draining", goodbye.path("reason").asText());
                assertTrue(goodbye.hasNonNull("cursor"));
                assertEquals(4001, client.closeCode());
                client.write(RawClient.masked(RawClient.FIN | RawClient.CLOSE, new byte[] {0x0F, (byte) 0xA1}));
                told.add(goodbye.path("retryAfterMs").asLong());
                back.add(2 * goodbye.path("retryAfterMs").asLong());
            }
            stopped.join();
            long millis = (System.nanoTime() - begun) / 1_000_000;
            assertTrue(millis < WINDOW.toMillis() / 2 + 10_000, "it took " + millis + " ms");
            assertTrue(Collections.max(back) <= WINDOW.toMillis() + 1, back.toString());
            for (int quarter = 0; quarter < 4; quarter++) {
                long from = quarter * WINDOW.toMillis() / 4;
                long come = back.stream()
                        .filter(at -> at >= from && at < from + WINDOW.toMillis() / 4)
                        .count();
                assertTrue(come >= SESSIONS / 20, "quarter " + quarter + ": " + come + " of " + SESSIONS);
            }
            assertTrue(told.stream().distinct().count() > SESSIONS / 2, told.toString());
        } finally {
            clients.forEach(RawClient::close);
        }
    }

    private static ObjectNode goodbye(RawClient client) {
        RawClient.Frame frame = client.frame();
        while (!frame.text().startsWith("{\"type\":\"goodbye\"")) {
            frame = client.frame();
        }
        return Json.parseObject(frame.text());
    }

    @Test
    void whoeverComesWhileItDrainsIsSentElsewhere(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        try (EdgeRig rig = EdgeRig.start(KAFKA.bootstrapServers(), tokens, "sessions.drainWindow=" + WINDOW);
                TestClient one = rig.connect("drained", "")) {
            one.next("caughtUp");
            CompletableFuture<Void> stopped = Background.run(rig::stopEdge);
            boolean refused = false;
            while (!refused) {
                try (TestClient late = rig.connect("late", "")) {
                    refused = late.isRefused();
                    if (refused) {
                        assertEquals(4503, late.closeCode());
                    }
                }
            }
            one.next("goodbye");
            assertEquals(4001, one.closeCode());
            stopped.join();
        }
    }
}
