package dev.heddle.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.EventItem;
import dev.heddle.event.UserKey;
import org.junit.jupiter.api.Test;

class EventTemplateTest {
    private static final UserKey USER = UserKey.of("user-0000017");

    @Test
    void isAnEventOfTheLogWithNumberAndDueTimeInPlace() {
        EventTemplate template = EventTemplate.of(USER, 17, 300);

        for (long number : new long[] {0, 1, 12_345, 8_000_000}) {
            byte[] value = template.event(number, 0x0123_4567_89ab_cdefL);
            EventItem item = EventItem.of(USER, value);

            assertEquals(300, value.length);
            assertEquals(String.format("b000017-%012d", number), item.eventId());
            assertEquals(EventTemplate.FIRST_SEQ + number, item.runSeq());
            assertEquals("TEXT_MESSAGE_CONTENT", item.type());
            assertTrue(String.valueOf(item.delta()).startsWith("~due~0123456789abcdefxx"), item::delta);
            assertTrue(Math.abs(System.currentTimeMillis() - item.timestamp()) < 60_000, "timestamp");
            assertEquals(0x0123_4567_89ab_cdefL, EventTemplate.due(value, template.dueAt()));
        }
    }

    @Test
    void isOfTheSizeThatWasAskedForWhateverItsTextsLength() {
        for (int size : new int[] {170, 190, 199, 200, 201, 260, 300, 1024, 16_384}) {
            assertEquals(size, EventTemplate.of(USER, 3, size).event(5, 5).length, "size " + size);
        }
    }

    @Test
    void theFloorsFrameIsWhatAnEdgeWouldWrite() {
        EventTemplate event = EventTemplate.of(USER, 17, 300);
        byte[] stored = event.event(42, 7);
        String item = new String(event.item(), UTF_8);

        String frame = FrameTemplate.of(USER, 17, 300).text(42, 7);

        String expected = "{\"type\":\"events\",\"cursor\":\"" + FrameTemplate.CURSOR + "\",\"events\":[" + item + "]}";
        assertEquals(withoutTimestamp(expected), withoutTimestamp(frame));
        assertEquals(300, stored.length);
    }

    private static String withoutTimestamp(String frame) {
        return frame.replaceAll("\"timestamp\":\\d+", "\"timestamp\":0");
    }
}
