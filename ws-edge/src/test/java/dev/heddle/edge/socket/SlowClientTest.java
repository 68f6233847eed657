package dev.heddle.edge.socket;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.event.Json;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SlowClientTest {

    private static final int EVENTS = 300;
    private static final String WORD = "x".repeat(32 * 1024);
    private static final int FRAME_BYTES = 64 * 1024;

    /**
     * Both kernels' buffers, which Linux makes twice as large as it is told, and what it adds for its own bookkeeping.
     */
    private static final int KERNEL_BYTES = 512 * 1024;

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    @Test
    void aClientThatStopsReadingHoldsOneFrameAndLosesNothing(@TempDir Path directory) {
        try (EdgeRig rig = EdgeRig.start(KAFKA.bootstrapServers(), TokenSigner.ellipticIn(directory));
                RawClient slow = RawClient.connected(rig.port(), rig.tokens().token("slow"));
                TestClient other = rig.connect("other", "")) {
            other.next("caughtUp");
            double before = rig.meter("heddle_edge_tail_bytes_total");
            for (int i = 0; i < EVENTS; i++) {
                rig.publish("slow", i, WORD);
            }
            await("the tail has all")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> rig.meter("heddle_edge_tail_bytes_total") - before >= (double) EVENTS * WORD.length());
            rig.publish("other", 0, "still served");
            other.next("events");

            double written = rig.meter("heddle_edge_events_sent_bytes_total");
            assertTrue(
                    written <= KERNEL_BYTES + 2 * FRAME_BYTES,
                    () -> written + " bytes were written to a client that does not read");
            double held = rig.meter("heddle_edge_inflight_bytes");
            assertTrue(held <= 2 * FRAME_BYTES, () -> held + " bytes wait for it");

            int next = 0;
            while (next < EVENTS) {
                RawClient.Frame frame = slow.frame();
                if (frame.opcode() == RawClient.TEXT) {
                    for (JsonNode item : Json.parseObject(frame.text()).path("events")) {
                        assertEquals(next, item.path("runSeq").asInt());
                        next++;
                    }
                }
            }
        }
    }
}
