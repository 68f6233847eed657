package dev.heddle.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void whatIsNotOneObjectIsRefused() {
        for (String text : List.of(
                "", " ", "null", "[]", "1", "{", "{}x", "{} {}", "{\"a\":1,\"a\":1}", "{'a':1}", "{\"a\":NaN}")) {
            assertThrows(InvalidEventException.class, () -> Json.parseObject(text), text);
        }
        assertThrows(InvalidEventException.class, () -> Json.parseArray("{}"));
    }

    @Test
    void theRefusalHasLineAndColumn() {
        String message = assertThrows(InvalidEventException.class, () -> Json.parseObject("{\n \"a\": x}"))
                .getMessage();
        assertTrue(message.contains("line 2, column"), message);
    }

    @Test
    void bytesMustBeStrictUtf8() {
        assertThrows(
                InvalidEventException.class,
                () -> Json.parseObject(
                        new byte[] {'{', '"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"', ':', '1', '}'}));
        assertThrows(InvalidEventException.class, () -> Json.parseObject(new byte[] {'{', 0, '}', 0}));
    }

    @Test
    void boundsHold() {
        assertThrows(InvalidEventException.class, () -> Json.parseObject("{\"a\":".repeat(100_000)));
        assertThrows(InvalidEventException.class, () -> Json.parseObject("{\"a\":" + "9".repeat(1_001) + "}"));
        assertThrows(InvalidEventException.class, () -> Json.parseObject("{\"a\":1e99999999999}"));
    }

    @Test
    void textIsCanonical() {
        assertEquals(
                "{\"b\":[1.0,\"\\\"\\\\/\\n\\u0001é\\ud83d\",null,true],\"a\":{}}",
                Json.text(Json.parseObject(
                        " { \"b\" : [1.0,\"\\\"\\\\\\/\\n\\u0001\\u00e9\\ud83d\",null,true ], \"a\":{} }")));
    }
}
