package dev.heddle.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CursorTest {
    private static final UserKey ALICE = UserKey.of("alice");
    private static final Generation LOG = new Generation(UUID.fromString("c0ffee00-0000-4000-8000-000000000001"), 64);
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    @Test
    void whatIsEncodedIsParsed() throws MalformedCursorException {
        for (Position position :
                List.of(new Position(0, -1), new Position(1, 0), new Position(Long.MAX_VALUE, Integer.MAX_VALUE))) {
            for (int flags : new int[] {0, Cursor.SNAPSHOT_PENDING}) {
                Cursor cursor = Cursor.at(LOG, ALICE, position, flags);
                String text = cursor.encode();
                assertEquals(cursor, Cursor.parse(text));
                assertEquals(68, text.length());
                assertTrue(text.matches("[A-Za-z0-9_-]+"));
                assertEquals(flags != 0, cursor.isSnapshotPending());
            }
        }
        Generation widest = new Generation(new UUID(-1, -1), Integer.MAX_VALUE);
        Cursor extreme = new Cursor(widest, Integer.MAX_VALUE - 1, new Position(5, 5), 0, -1);
        assertEquals(extreme, Cursor.parse(extreme.encode()));
    }

    @Test
    void theTextIsTheGoldenOne() {
        assertEquals(
                "AQABwP_uAAAAQACAAAAAAAAAAQAAAEAAAAAVAAAAAAAS1ocAAAAIDiecbgUsAiUvwebO",
                Cursor.at(LOG, ALICE, new Position(1_234_567, 8), Cursor.SNAPSHOT_PENDING)
                        .encode());
    }

    @Test
    void aCursorKnowsItsOwner() throws MalformedCursorException {
        Cursor cursor = Cursor.parse(Cursor.at(LOG, ALICE, new Position(7, 1), 0)
                .at(new Position(9, 2))
                .encode());
        assertTrue(cursor.belongsTo(ALICE));
        assertFalse(cursor.belongsTo(UserKey.of("bob")));
        assertEquals(Partitioning.partitionOf(ALICE, 64), cursor.partition());
        assertEquals(new Position(9, 2), cursor.position());
        assertNotEquals(cursor, cursor.withFlags(Cursor.SNAPSHOT_PENDING));
    }

    @Test
    void everyChangedCharacterIsSeen() {
        String good = Cursor.at(LOG, ALICE, new Position(7, 1), 0).encode();
        for (int i = 0; i < good.length(); i++) {
            for (char c : (ALPHABET + "=+/ .\u0000\u00e9\ud83d").toCharArray()) {
                if (c != good.charAt(i)) {
                    String bad = good.substring(0, i) + c + good.substring(i + 1);
                    assertThrows(MalformedCursorException.class, () -> Cursor.parse(bad));
                }
            }
        }
    }

    @Test
    void noOtherTextIsACursor() {
        String good = Cursor.at(LOG, ALICE, new Position(7, 1), 0).encode();
        for (String bad :
                List.of("", "a", good + "A", good + "=", good.substring(1), good + good, " " + good, "A".repeat(68))) {
            assertThrows(MalformedCursorException.class, () -> Cursor.parse(bad), bad);
        }
    }

    @Test
    void theLengthIsLookedAtBeforeTheContents() {
        String huge = "A".repeat(24 << 20);
        MalformedCursorException refusal = assertThrows(MalformedCursorException.class, () -> Cursor.parse(huge));
        assertTrue(refusal.getMessage().contains("256"));
    }

    @Test
    void randomTextsAreMalformedAndNothingElse() {
        Random random = new Random(20_261_120);
        for (int round = 0; round < 200_000; round++) {
            int length = random.nextInt(4) == 0 ? random.nextInt(300) : 68;
            StringBuilder text = new StringBuilder(length);
            for (int i = 0; i < length; i++) {
                boolean plain = random.nextInt(200) != 0;
                text.append(plain ? ALPHABET.charAt(random.nextInt(64)) : (char) random.nextInt(0x10000));
            }
            assertThrows(MalformedCursorException.class, () -> Cursor.parse(text.toString()));
        }
    }

    @Test
    void impossibleValuesCannotBeMade() {
        Position here = new Position(1, 1);
        assertThrows(IllegalArgumentException.class, () -> new Cursor(LOG, 64, here, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Cursor(LOG, -1, here, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Cursor(LOG, 0, here, 2, 0));
        assertThrows(IllegalArgumentException.class, () -> new Position(-1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Position(0, -2));
        assertThrows(IllegalArgumentException.class, () -> new Generation(new UUID(0, 0), 0));
    }
}
