package dev.heddle.edge.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class FramingTest {

    private static final int TEXT = RawClient.FIN | RawClient.TEXT;
    private static final byte[] PING_FRAME = "{\"type\":\"ping\"}".getBytes(UTF_8);

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

    private static RawClient connected() {
        return RawClient.connected(rig.port(), rig.tokens().token("framer"));
    }

    @Test
    void aFrameOfExactlyTheLimitIsRead() {
        String padded = "{\"type\":\"ping\",\"pad\":\"" + "x".repeat(65_536 - 25) + "\"}";
        assertEquals(65_536, padded.length() + 1);
        try (RawClient client = connected()) {
            client.write(RawClient.masked(TEXT, (padded + " ").getBytes(UTF_8)));
            RawClient.Frame frame = client.frame();
            while (!frame.text().contains("pong")) {
                frame = client.frame();
            }
            assertEquals("{\"type\":\"pong\"}", frame.text());
        }
    }

    @Test
    void aFrameOverTheLimitIs4413EvenIfMegabytesOfItAreOnTheWay() {
        try (RawClient client = connected()) {
            client.tryWrite(RawClient.masked(TEXT, new byte[8 * 1024 * 1024]));
            assertEquals(4413, client.closeCode());
            assertTrue(client.isEnded());
        }
        try (RawClient client = connected()) {
            client.write(RawClient.masked(TEXT, new byte[65_537]));
            assertEquals(4413, client.closeCode());
        }
    }

    @Test
    void aMessageOverTheLimitInFragmentsIs4413() {
        try (RawClient client = connected()) {
            client.write(RawClient.masked(RawClient.TEXT, new byte[40_000]));
            client.write(RawClient.masked(0, new byte[20_000]));
            client.tryWrite(RawClient.masked(0, new byte[10_000]));
            assertEquals(4413, client.closeCode());
        }
    }

    @Test
    void fragmentsThatFitAreOneMessageAlsoWithAPingBetween() {
        try (RawClient client = connected()) {
            client.write(RawClient.masked(RawClient.TEXT, "{\"type\"".getBytes(UTF_8)));
            client.write(RawClient.masked(RawClient.FIN | RawClient.PING, "x".getBytes(UTF_8)));
            client.write(RawClient.masked(0, new byte[0]));
            client.write(RawClient.masked(RawClient.FIN, ":\"ping\"}".getBytes(UTF_8)));
            List<String> seen = new ArrayList<>();
            while (!seen.contains("{\"type\":\"pong\"}")) {
                RawClient.Frame frame = client.frame();
                seen.add(frame.opcode() == RawClient.PONG ? "PONG " + frame.text() : frame.text());
            }
            assertTrue(seen.contains("PONG x"), seen.toString());
        }
    }

    @Test
    void anUnmaskedFrameIs1002() {
        try (RawClient client = connected()) {
            client.write(RawClient.unmasked(TEXT, PING_FRAME));
            assertEquals(1002, client.closeCode());
            assertTrue(client.isEnded());
        }
    }

    @Test
    void reservedBitsAndOpcodesAndLooseContinuationsAre1002() {
        for (int head : new int[] {TEXT | 0x40, RawClient.FIN | 3, RawClient.FIN | 11, RawClient.FIN, RawClient.PING}) {
            try (RawClient client = connected()) {
                client.write(RawClient.masked(head, PING_FRAME));
                assertEquals(1002, client.closeCode(), Integer.toHexString(head));
            }
        }
    }

    @Test
    void textThatIsNotUtf8Is1007() {
        byte[][] bad = {
            {'"', (byte) 0xC3, '"'},
            {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'},
            {'"', (byte) 0xC0, (byte) 0x80, '"'},
            {(byte) 0xFF}
        };
        for (byte[] bytes : bad) {
            try (RawClient client = connected()) {
                client.write(RawClient.masked(TEXT, bytes));
                assertEquals(1007, client.closeCode());
            }
        }
    }

    @Test
    void aCharacterMayBeCutByAFragment() {
        byte[] text = "{\"type\":\"ping\",\"x\":\"é\"}".getBytes(UTF_8);
        int cut = text.length - 3;
        try (RawClient client = connected()) {
            client.write(RawClient.masked(RawClient.TEXT, Arrays.copyOf(text, cut)));
            client.write(RawClient.masked(RawClient.FIN, Arrays.copyOfRange(text, cut, text.length)));
            RawClient.Frame frame = client.frame();
            while (!frame.text().contains("pong")) {
                frame = client.frame();
            }
        }
    }

    @Test
    void aBinaryFrameIs4400() {
        try (RawClient client = connected()) {
            client.write(RawClient.masked(RawClient.FIN | RawClient.BINARY, PING_FRAME));
            assertEquals(4400, client.closeCode());
        }
    }

    @Test
    void nestedJsonWithoutEndIs4400() {
        try (RawClient client = connected()) {
            client.write(RawClient.masked(TEXT, "[".repeat(60_000).getBytes(UTF_8)));
            assertEquals(4400, client.closeCode());
        }
    }

    @Test
    void aFloodOfFramesIs4429() {
        try (RawClient client = connected()) {
            byte[] frame = RawClient.masked(RawClient.FIN | RawClient.PING, new byte[0]);
            for (int i = 0; i < 2_000; i++) {
                client.tryWrite(frame);
            }
            assertEquals(4429, client.closeCode());
        }
    }

    @Test
    void compressionIsNotTakenUp() {
        try (RawClient client = new RawClient(rig.port())) {
            String head = client.handshake(
                    "/v1/stream",
                    List.of(
                            "Sec-WebSocket-Protocol: heddle.v1",
                            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
                            "Authorization: Bearer " + rig.tokens().token("framer")));
            assertTrue(head.startsWith("HTTP/1.1 101"), head);
            assertFalse(head.toLowerCase(Locale.ROOT).contains("extensions"), head);
        }
    }

    @Test
    void aCloseOfTheClientIsAnswered() {
        try (RawClient client = connected()) {
            client.write(RawClient.masked(RawClient.FIN | RawClient.CLOSE, new byte[] {0x03, (byte) 0xE8}));
            assertEquals(1000, client.closeCode());
            assertTrue(client.isEnded());
        }
    }
}
