package dev.heddle.edge.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClientFramesTest {

    @Test
    void theThreeFramesOfTheContract() {
        assertInstanceOf(ClientFrame.Ping.class, ClientFrames.parse("{\"type\":\"ping\",\"unknown\":[]}"));
        assertEquals(new ClientFrame.Token("a.b.c"), ClientFrames.parse("{\"type\":\"token\",\"token\":\"a.b.c\"}"));
        ClientFrame.Command command =
                assertInstanceOf(ClientFrame.Command.class, ClientFrames.parse("{\"type\":\"command\",\"id\":\"x\"}"));
        assertEquals("x", command.id());
        assertFalse(new ClientFrame.Token("secret").toString().contains("secret"));
    }

    @Test
    void everythingElseIsBad() {
        for (String bad : List.of(
                "",
                "null",
                "[]",
                "\"ping\"",
                "{\"type\":\"PING\"}",
                "{\"type\":1}",
                "{\"type\":\"ping\",\"type\":\"ping\"}",
                "{\"type\":\"ping\"} {}",
                "{\"type\":\"token\"}",
                "{\"type\":\"token\",\"token\":5}",
                "{\"type\":\"command\"}",
                "{\"type\":\"command\",\"id\":\"\"}",
                "{\"type\":\"command\",\"id\":7}",
                "{\"type\":\"command\",\"id\":\"\\ud800\"}",
                "{\"type\":\"command\",\"id\":\"" + "x".repeat(129) + "\"}",
                "{\"a\":".repeat(30_000))) {
            assertInstanceOf(
                    ClientFrame.Bad.class, ClientFrames.parse(bad), bad.substring(0, Math.min(40, bad.length())));
        }
    }

    @Test
    void noTextMakesTheReaderThrow() {
        Random random = new Random(42);
        String frame =
                "{\"type\":\"command\",\"id\":\"c1\",\"command\":\"run.start\",\"input\":{\"messages\":[1e9,{\"a\":\"\\u00e9\"}]}}";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder mutated = new StringBuilder(frame);
            for (int n = random.nextInt(4); n >= 0; n--) {
                int at = random.nextInt(mutated.length());
                switch (random.nextInt(3)) {
                    case 0 -> mutated.deleteCharAt(at);
                    case 1 -> mutated.setCharAt(at, (char) random.nextInt(0x110));
                    default -> mutated.insert(at, "{}[]\",:\\0".charAt(random.nextInt(9)));
                }
            }
            assertNotNull(ClientFrames.parse(mutated.toString()));
        }
    }
}
