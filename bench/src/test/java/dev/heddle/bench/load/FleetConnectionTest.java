package dev.heddle.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.UserKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FleetConnectionTest {
    private final Tally tally = new Tally();
    private final FleetConnection connection = new FleetConnection(17, new Receiver(17, tally));
    private final FrameTemplate mine = FrameTemplate.of(UserKey.of("user-0000017"), 17, 300);

    /** Everything that a server says: the upgrade, a small frame, one of 16 bits of length and one of 64. */
    private byte[] conversation() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n".getBytes(US_ASCII));
        write(all, "{\"type\":\"hello\"}");
        write(all, mine.text(0, 0));
        write(all, mine.text(1, 200, 0));
        write(all, mine.text(201, 0));
        return all.toByteArray();
    }

    private static void write(ByteArrayOutputStream all, String text) {
        int length = text.length();
        all.write(0x81);
        if (length < 126) {
            all.write(length);
        } else if (length < 65_536) {
            all.writeBytes(new byte[] {126, (byte) (length >> 8), (byte) length});
        } else {
            all.writeBytes(new byte[] {
                127, 0, 0, 0, 0, (byte) (length >> 24), (byte) (length >> 16), (byte) (length >> 8), (byte) length
            });
        }
        all.writeBytes(text.getBytes(US_ASCII));
    }

    @Test
    void readsFramesHoweverTheBytesAreCut() throws IOException {
        byte[] all = conversation();
        for (int piece : new int[] {3, 1000, all.length}) {
            Tally own = new Tally();
            FleetConnection cut = new FleetConnection(17, new Receiver(17, own));
            for (int from = 0; from < all.length; from += piece) {
                byte[] part = Arrays.copyOfRange(all, from, Math.min(all.length, from + piece));
                cut.take(part, part.length, 1);
            }

            assertEquals(202, own.received(), "pieces of " + piece);
            assertTrue(own.faults().isNone(), () -> own.faults().toString());
            assertEquals(1, cut.greetedAt());
        }
    }

    @Test
    void endsWithTheCodeOfAClose() throws IOException {
        byte[] all = conversation();
        connection.take(all, all.length, 1);
        byte[] close = {(byte) 0x88, 2, 0x0f, (byte) 0xa1};

        assertEquals(
                "close 4001",
                assertThrows(IOException.class, () -> connection.take(close, close.length, 2))
                        .getMessage());
    }

    @Test
    void saysWithWhatItWasRefused() {
        byte[] refusal = "HTTP/1.1 503 Service Unavailable\r\n\r\n".getBytes(US_ASCII);

        IOException refused = assertThrows(IOException.class, () -> connection.take(refusal, refusal.length, 1));
        assertEquals("HTTP/1.1 503 Service Unavailable", refused.getMessage());
    }
}
