package dev.heddle.event;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** That a delta is stored byte for byte as any other event with the same content. */
class DeltaFormTest {
    private static final UserKey USER = UserKey.of("zoë");
    private static final List<String> TEXTS =
            List.of("", " token", "\"quoted\\\n", "é", "漢字", "👋", "x".repeat(64), "ü".repeat(5_000));
    private static final List<Long> NUMBERS = List.of(0L, 1L, 63L, 64L, 8_191L, 8_192L, (1L << 48) - 1, (1L << 53) - 1);

    private static Envelope envelope(String id, long runSeq) {
        return new Envelope(id, USER, "thread", "agent", new RunPlace("run", runSeq, 3));
    }

    private static byte[] asAnyEvent(Envelope envelope, String idField, long timestamp, String text) {
        return EventCodec.encode(new AgentEvent(
                envelope,
                Json.object()
                        .put("type", "TEXT_MESSAGE_CONTENT")
                        .put(idField, "m-1")
                        .put("delta", text)
                        .put("timestamp", timestamp)));
    }

    @Test
    void aDeltaIsStoredAsAnyEvent() {
        for (String idField : List.of("messageId", "toolCallId")) {
            DeltaForm form = DeltaForm.of(envelope("e", 7), "TEXT_MESSAGE_CONTENT", idField, "m-1");
            for (String text : TEXTS) {
                for (long number : NUMBERS) {
                    byte[] value = form.encode(number, number, text);
                    String id = EventItem.of(USER, value).eventId();
                    assertArrayEquals(asAnyEvent(envelope(id, number), idField, number, text), value, text);
                }
            }
        }
    }

    @Test
    void eachHasAnIdOfItsOwnInTheOrderOfTheirMaking() {
        DeltaForm form = DeltaForm.of(envelope("e", 0), "TEXT_MESSAGE_CONTENT", "messageId", "m-1");
        String before = EventIds.next();
        for (int i = 0; i < 10_000; i++) {
            String id = EventItem.of(USER, form.encode(i, 1, "x")).eventId();
            assertTrue(id.compareTo(before) > 0, before + " then " + id);
            before = id;
        }
        assertTrue(EventIds.next().compareTo(before) > 0);
    }

    @Test
    void aNumberTakesTheBytesThatItIsSaidToTake() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            long value = random.nextLong() >> random.nextInt(64);
            AvroWriter out = new AvroWriter(10);
            out.number(value);
            assertEquals(out.length, AvroWriter.lengthOf(value), () -> "of " + value);
        }
    }

    @Test
    void whatUtf8DoesNotHoldIsNotTaken() {
        assertFalse(DeltaForm.takes("half \uD83D"));
        assertTrue(DeltaForm.takes("whole \uD83D\uDC4B"));
        assertFalse(DeltaForm.takes(null));
        assertThrows(
                InvalidEventException.class,
                () -> DeltaForm.of(envelope("e", 0), "TEXT_MESSAGE_CONTENT", "messageId", "\uD83D"));
    }
}
