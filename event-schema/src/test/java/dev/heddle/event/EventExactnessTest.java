package dev.heddle.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Samples.Sample;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is published arrives as JSON that equals what went in. */
class EventExactnessTest {
    static List<Sample> samples() {
        return Samples.all();
    }

    @Test
    void thereIsASampleOfEachOfThe31Types() {
        Set<String> types = Samples.all().stream().map(Sample::type).collect(Collectors.toSet());
        assertEquals(31, types.size());
        assertEquals(AgUiEvents.TYPES, types);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everyCombinationOfOptionalFieldsSurvives(Sample sample) {
        for (int bits = 0; bits < 1 << sample.optional().size(); bits++) {
            assertSurvives(sample.with(bits));
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aFieldOfAnotherTypeThanItsColumnSurvives(Sample sample) {
        for (String column : EventColumns.NAMES) {
            for (String odd : List.of("null", "1", "1.0", "true", "[]", "{\"a\":null}", "\"\\ud83d\"", "\"\"")) {
                ObjectNode event = sample.event().deepCopy();
                event.set(column, Samples.event("{\"v\":" + odd + "}").get("v"));
                assertSurvives(event);
            }
        }
        for (String odd : List.of("null", "1", "\"x\"", "[]")) {
            ObjectNode event = sample.event().deepCopy();
            event.set("metadata", Samples.event("{\"v\":" + odd + "}").get("v"));
            assertSurvives(event);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"FUTURE_EVENT\",\"timestamp\":1,\"seq\":[1],\"body\":\"b\",\"run\":{},\"eventId\":\"x\"}",
                "{\"type\":\"\\u0001\\\"\\\\\",\"timestamp\":-5}",
                "{\"type\":\"CUSTOM\",\"timestamp\":0,\"name\":\"\",\"value\":null,\"\":1,\"\\ud800\":2,\"\\\"\":3}",
                "{\"type\":\"CUSTOM\",\"timestamp\":9007199254740991,\"name\":\"n\",\"value\":\"\\u0000\\u001f\\u007f\\u2028\\ufffe\\udbff\\udfff\"}",
                "{\"type\":\"CUSTOM\",\"timestamp\":-9007199254740991,\"name\":\"\\ud83e\\uddf5\\u0000\\n\",\"value\":[[[[]]]]}",
            })
    void whatAgUiDoesNotKnowSurvives(String json) {
        assertSurvives(Samples.event(json));
    }

    @Test
    void halfAnEmojiInEachOfTwoDeltasSurvives() {
        for (String half : List.of("\\ud83d", "\\udc4d", "a\\ud83d", "\\udc4db", "\\udc4d\\ud83d")) {
            ObjectNode event =
                    Samples.event("{\"type\":\"TEXT_MESSAGE_CONTENT\",\"timestamp\":1,\"messageId\":\"m\",\"delta\":\""
                            + half + "\"}");
            assertSurvives(event);
            assertTrue(Samples.itemText(Samples.stored(event)).contains("\"delta\":\"" + half + "\""), half);
        }
    }

    @Test
    void numbersKeepTheirNotation() {
        for (String number : List.of(
                "1",
                "1.0",
                "1.00",
                "-1",
                "0.1",
                "12345678901234567890123",
                "1.7976931348623157E+400",
                "0.00",
                "1E-7")) {
            ObjectNode event =
                    Samples.event("{\"type\":\"CUSTOM\",\"timestamp\":1,\"name\":\"n\",\"value\":" + number + "}");
            assertTrue(Samples.itemText(Samples.stored(event)).contains("\"value\":" + number + "}"), number);
        }
    }

    @Test
    void aTimestampThatIsASafeIntegerInAnotherNotationIsTaken() {
        ObjectNode event = Samples.event("{\"type\":\"X\",\"timestamp\":1.767e12}");
        assertEquals(
                1_767_000_000_000L,
                EventItem.of(Samples.ALICE, Samples.stored(event)).timestamp());
        for (String bad : List.of("null", "\"1\"", "1.5", "9007199254740992", "1e999999999", "1e-999999999")) {
            ObjectNode wrong = Samples.event("{\"type\":\"X\",\"timestamp\":" + bad + "}");
            assertThrows(InvalidEventException.class, () -> Samples.stored(wrong), bad);
        }
        assertThrows(InvalidEventException.class, () -> Samples.stored(Samples.event("{\"type\":\"X\"}")));
    }

    @Test
    void whatIsNotJsonIsRefused() {
        for (Object odd : List.of(Double.NaN, Float.POSITIVE_INFINITY, new Object(), new byte[1])) {
            ObjectNode event = Samples.event("{\"type\":\"X\",\"timestamp\":1}");
            event.putPOJO("value", odd);
            assertThrows(InvalidEventException.class, () -> Samples.stored(event));
        }
        ObjectNode notANumber =
                Samples.event("{\"type\":\"X\",\"timestamp\":1}").put("value", Double.NaN);
        assertThrows(InvalidEventException.class, () -> Samples.stored(notANumber));
    }

    @Test
    void depthIsBoundedAlikeInReadingAndWriting() {
        String deepest = "[".repeat(Json.MAX_DEPTH - 1) + "]".repeat(Json.MAX_DEPTH - 1);
        assertSurvives(Samples.event("{\"type\":\"X\",\"timestamp\":1,\"value\":" + deepest + "}"));
        ObjectNode tooDeep = Samples.event("{\"type\":\"X\",\"timestamp\":1}");
        tooDeep.putArray("value").add(Samples.event("{\"v\":" + deepest + "}").get("v"));
        assertThrows(InvalidEventException.class, () -> Samples.stored(tooDeep));
    }

    @Test
    void anEventOutsideAnyRunHasNoPlaceInOne() {
        Envelope outside = Samples.ENVELOPE.withRun(null).withAgent(null);
        ObjectNode event = Samples.event("{\"type\":\"CUSTOM\",\"timestamp\":1,\"name\":\"n\",\"value\":1}");
        byte[] stored = EventCodec.encode(new AgentEvent(outside, event));
        EventItem item = EventItem.of(Samples.ALICE, stored);
        assertNull(item.runId());
        assertNull(item.agentId());
        assertEquals(-1, item.runSeq());
        assertEquals(0, item.attempt());
        assertEquals(
                "{\"eventId\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"threadId\":\"t1\",\"event\":"
                        + "{\"type\":\"CUSTOM\",\"timestamp\":1,\"name\":\"n\",\"value\":1}}",
                new String(item.json(), StandardCharsets.UTF_8));
        assertEquals(new AgentEvent(outside, event), EventCodec.decode(Samples.ALICE, stored));
    }

    @Test
    void theItemKnowsWhatFiltersAndFoldNeed() {
        String odd = "\u0001\"\\/\b\f\n\r\t é 世 \ud83e\uddf5";
        ObjectNode event = Json.object().put("type", "TEXT_MESSAGE_CONTENT").put("timestamp", 5);
        event.put("messageId", odd).put("toolCallId", "c").put("delta", odd);
        Envelope envelope = new Envelope("e" + odd, Samples.ALICE, "t" + odd, "a" + odd, new RunPlace("r" + odd, 3, 1));
        EventItem item = EventItem.of(Samples.ALICE, EventCodec.encode(new AgentEvent(envelope, event)));
        assertEquals("TEXT_MESSAGE_CONTENT", item.type());
        assertEquals("e" + odd, item.eventId());
        assertEquals("t" + odd, item.threadId());
        assertEquals("r" + odd, item.runId());
        assertEquals("a" + odd, item.agentId());
        assertEquals(odd, item.messageId());
        assertEquals(odd, item.delta());
        assertEquals("c", item.toolCallId());
        assertEquals(3, item.runSeq());
        assertEquals(3, item.runSeqFrom());
        assertEquals(1, item.attempt());
        assertEquals(5, item.timestamp());
    }

    private static void assertSurvives(ObjectNode event) {
        byte[] stored = Samples.stored(event);
        ObjectNode item = Json.parseObject(EventItem.of(Samples.ALICE, stored).json());
        assertEquals(event, item.get("event"));
        assertEquals(7, item.size());
        AgentEvent decoded = EventCodec.decode(Samples.ALICE, stored);
        assertEquals(new AgentEvent(Samples.ENVELOPE, event), decoded);
        assertEquals(Json.text(event.get("type")), Json.text(decoded.event().get("type")));
    }
}
