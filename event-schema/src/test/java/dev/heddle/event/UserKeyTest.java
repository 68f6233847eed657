package dev.heddle.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserKeyTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "alice", "Zoë", "日本", "🧵", "a b/c\u0000", "\uffff"})
    void textAndBytesAreTheSameKey(String text) {
        UserKey key = UserKey.of(text);
        UserKey fromBytes = UserKey.fromUtf8(text.getBytes(UTF_8));
        assertEquals(key, fromBytes);
        assertEquals(key.hashCode(), fromBytes.hashCode());
        assertEquals(text, fromBytes.value());
        assertArrayEquals(text.getBytes(UTF_8), key.utf8());
        assertSame(key.utf8(), key.utf8());
    }

    @Test
    void keysThatDifferInOneByteDiffer() {
        assertNotEquals(UserKey.of("alice"), UserKey.of("alicf"));
        assertNotEquals(UserKey.of("é"), UserKey.of("e\u0301"));
    }

    @Test
    void lengthIsCountedInBytes() {
        assertEquals(256, UserKey.of("é".repeat(128)).utf8().length);
        assertThrows(InvalidEventException.class, () -> UserKey.of("é".repeat(128) + "a"));
        assertThrows(InvalidEventException.class, () -> UserKey.of("a".repeat(257)));
        assertThrows(InvalidEventException.class, () -> UserKey.fromUtf8(new byte[257]));
        assertThrows(InvalidEventException.class, () -> UserKey.of(""));
        assertThrows(InvalidEventException.class, () -> UserKey.fromUtf8(new byte[0]));
    }

    @Test
    void unpairedSurrogatesAreRefused() {
        for (String text : List.of("\ud83d", "\udc4d", "a\ud83d", "\ud83da", "\udc4d\ud83d", "\ud83d\ud83d\udc4d")) {
            assertThrows(InvalidEventException.class, () -> UserKey.of(text));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80", "c0af", "c1bf", "e08080", "e09fbf", "eda080", "edbfbf", "f0808080", "f08fbfbf", "f4908080",
                        "f5808080",
                "ff", "c3", "e4b8", "f09fa7", "61c3", "c328", "e42880", "f0288080", "f09f2880", "f09fa728", "fe80"
            })
    void whatIsNotStrictUtf8IsRefused(String hex) {
        assertThrows(
                InvalidEventException.class,
                () -> UserKey.fromUtf8(HexFormat.of().parseHex(hex)));
    }

    /** Against the platform's own decoder, over every sequence of two bytes and many longer ones. */
    @Test
    void strictnessIsThatOfThePlatformsDecoder() {
        byte[] bytes = new byte[4];
        for (int lead = 0x80; lead < 0x100; lead++) {
            for (int second = 0; second < 0x100; second++) {
                for (int rest : new int[] {0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xFF}) {
                    bytes[0] = (byte) lead;
                    bytes[1] = (byte) second;
                    bytes[2] = (byte) rest;
                    bytes[3] = (byte) 0x80;
                    for (int length = 1; length <= 4; length++) {
                        assertEquals(platformAccepts(bytes, length), Utf8.isValid(bytes, 0, length));
                    }
                }
            }
        }
    }

    private static boolean platformAccepts(byte[] bytes, int length) {
        try {
            UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes, 0, length));
            return true;
        } catch (java.nio.charset.CharacterCodingException e) {
            return false;
        }
    }
}
