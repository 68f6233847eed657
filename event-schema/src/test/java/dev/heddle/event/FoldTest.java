package dev.heddle.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FoldTest {
    @Test
    void adjacentDeltasOfOneMessageAreOneItemWithTheLastOnesIdAndTime() {
        EventItem folded = fold(text(12, "Grü\""), text(13, "ße\n🧵"));
        assertNotNull(folded);
        assertEquals(
                "{\"eventId\":\"e13\",\"threadId\":\"t\",\"runId\":\"r\",\"agentId\":\"a\",\"runSeq\":13,\"runSeqFrom\":12,\"attempt\":0,"
                        + "\"event\":{\"type\":\"TEXT_MESSAGE_CONTENT\",\"timestamp\":1013,\"messageId\":\"m\",\"delta\":\"Grü\\\"ße\\n🧵\"}}",
                new String(folded.json(), UTF_8));
        assertEquals(12, folded.runSeqFrom());
        assertEquals(13, folded.runSeq());
        assertEquals("Grü\"ße\n🧵", folded.delta());
        assertEquals("m", folded.messageId());
        assertEquals("e13", folded.eventId());
        assertEquals(1013, folded.timestamp());
    }

    @Test
    void joiningAllAtOnceEqualsJoiningOneByOne() {
        List<EventItem> items = List.of(text(1, "a"), text(2, ""), text(3, "b"), text(4, "c"));
        @Nullable EventItem one = items.get(0);
        for (EventItem next : items.subList(1, items.size())) {
            one = fold(Objects.requireNonNull(one), next);
        }
        assertEquals(EventItem.joined(items), one);
        assertEquals("abc", EventItem.joined(items).delta());
        assertEquals(items.get(0), EventItem.joined(items.subList(0, 1)));
        EventItem halves = fold(EventItem.joined(items.subList(0, 2)), EventItem.joined(items.subList(2, 4)));
        assertEquals(one, halves);
    }

    @Test
    void whatDiffersInAnythingElseIsNotJoined() {
        EventItem first = text(12, "a");
        ObjectNode event = event("TEXT_MESSAGE_CONTENT", 13, "b");
        assertNotNull(fold(first, item(envelope(13), event)));
        assertNull(fold(first, text(14, "b")));
        assertNull(fold(first, first));
        assertNull(fold(text(13, "b"), first));
        assertNull(fold(first, item(envelope(13).withAgent("b"), event)));
        assertNull(fold(first, item(envelope(13).withAgent(null), event)));
        assertNull(fold(first, item(envelope(13).withRun(new RunPlace("r2", 13, 0)), event)));
        assertNull(fold(first, item(envelope(13).withRun(new RunPlace("r", 13, 1)), event)));
        assertNull(fold(first, item(envelope(13).withRun(null), event)));
        assertNull(fold(first, item(envelope(13), event("TOOL_CALL_ARGS", 13, "b"))));
        assertNull(fold(first, item(envelope(13), event.deepCopy().put("messageId", "m2"))));
        assertNull(fold(first, item(envelope(13), event.deepCopy().put("extra", 1))));
        assertNull(fold(first, item(envelope(13), event.deepCopy().put("subagentRunId", "s"))));
        assertNull(fold(first, item(envelope(13), event.deepCopy().put("delta", "\ud83d"))));
        Envelope otherThread = new Envelope("e13", Samples.ALICE, "t2", "a", new RunPlace("r", 13, 0));
        assertNull(fold(first, item(otherThread, event)));
    }

    @Test
    void onlyDeltasOfTextReasoningAndArgumentsAreJoined() {
        for (String type : List.of("REASONING_MESSAGE_CONTENT", "TOOL_CALL_ARGS", "TEXT_MESSAGE_CONTENT")) {
            assertNotNull(fold(item(envelope(1), event(type, 1, "a")), item(envelope(2), event(type, 2, "b"))));
        }
        assertNull(fold(item(envelope(1), event("CUSTOM", 1, "a")), item(envelope(2), event("CUSTOM", 2, "b"))));
    }

    private static EventItem text(int runSeq, String delta) {
        return item(envelope(runSeq), event("TEXT_MESSAGE_CONTENT", runSeq, delta));
    }

    private static ObjectNode event(String type, int runSeq, String delta) {
        return Json.object()
                .put("type", type)
                .put("timestamp", 1000 + runSeq)
                .put("messageId", "m")
                .put("delta", delta);
    }

    private static Envelope envelope(int runSeq) {
        return new Envelope("e" + runSeq, Samples.ALICE, "t", "a", new RunPlace("r", runSeq, 0));
    }

    private static EventItem item(Envelope envelope, ObjectNode event) {
        return EventItem.of(Samples.ALICE, EventCodec.encode(new AgentEvent(envelope, event)));
    }

    private static @Nullable EventItem fold(EventItem first, EventItem next) {
        return first.joins(next) ? EventItem.joined(List.of(first, next)) : null;
    }
}
