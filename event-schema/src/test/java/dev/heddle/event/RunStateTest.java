package dev.heddle.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunStateTest {
    private static final UserKey USER = UserKey.of("alice");

    /** A run that is taken over at its third event and then asks its user. */
    private static final List<EventItem> RUN = List.of(
            item(0, 0, null, event("RUN_STARTED")),
            item(1, 0, "planner", event("STEP_STARTED").put("stepName", "s")),
            item(2, 1, "other", event("STEP_FINISHED").put("stepName", "s")),
            item(3, 1, "planner", finished("interrupt")));

    @Test
    void aRunIsFoldedInTheOrderOfTheLog() {
        RunState run = new RunState(RUN.get(0));
        assertEquals(RunStatus.RUNNING, run.status());
        assertNull(run.agentId());
        RUN.subList(1, 4).forEach(run::add);
        assertEquals("t", run.threadId());
        assertEquals("planner", run.agentId());
        assertEquals(3, run.lastSeq());
        assertEquals(1, run.attempt());
        assertEquals(RunStatus.INTERRUPTED, run.status());
        assertEquals(1_000, run.startedAt());
        assertEquals(1_003, run.updatedAt());
    }

    @Test
    void fromTheNewestEventToTheOldestItIsTheSame() {
        RunState run = new RunState(RUN.get(3));
        for (int i = 2; i >= 0; i--) {
            assertTrue(run.addBefore(RUN.get(i)));
        }
        assertEquals("planner", run.agentId());
        assertEquals(3, run.lastSeq());
        assertEquals(1, run.attempt());
        assertEquals(RunStatus.INTERRUPTED, run.status());
        assertEquals(1_000, run.startedAt());
        assertEquals(1_003, run.updatedAt());
    }

    @Test
    void asTreesItIsTheSame() {
        RunState run = new RunState(tree(RUN.get(0)));
        RUN.subList(1, 4).forEach(item -> run.add(tree(item)));
        assertEquals("t", run.threadId());
        assertEquals("planner", run.agentId());
        assertEquals(3, run.lastSeq());
        assertEquals(1, run.attempt());
        assertEquals(RunStatus.INTERRUPTED, run.status());
        assertEquals(1_000, run.startedAt());
        assertEquals(1_003, run.updatedAt());
    }

    @Test
    void ofARunThatBeganTwiceTheLaterBeginningCounts() {
        RunState run = new RunState(item(5, 0, null, event("STEP_STARTED").put("stepName", "s")));
        assertTrue(run.addBefore(item(4, 0, "later", event("RUN_STARTED"))));
        assertFalse(run.addBefore(item(3, 0, "earlier", event("RUN_ERROR"))));
        assertEquals("later", run.agentId());
        assertEquals(RunStatus.RUNNING, run.status());
        assertEquals(1_004, run.startedAt());
    }

    @Test
    void anEndStaysTheEndWhateverFollows() {
        RunState run = new RunState(RUN.get(0));
        run.add(item(1, 0, null, event("RUN_ERROR")));
        run.add(item(2, 0, null, event("STEP_STARTED")));
        assertEquals(RunStatus.ERROR, run.status());
        assertEquals(2, run.lastSeq());
        RunState backwards = new RunState(item(2, 0, null, event("STEP_STARTED")));
        assertTrue(backwards.addBefore(item(1, 0, null, event("RUN_ERROR"))));
        assertTrue(backwards.addBefore(RUN.get(0)));
        assertEquals(RunStatus.ERROR, backwards.status());
    }

    @Test
    void theOutcomeIsTheStatus() {
        Map<String, RunStatus> outcomes = Map.of(
                "success", RunStatus.FINISHED,
                "interrupt", RunStatus.INTERRUPTED,
                "cancelled", RunStatus.CANCELLED,
                "of a later version", RunStatus.FINISHED);
        outcomes.forEach((outcome, status) -> {
            assertEquals(status, RunStatus.after(finished(outcome)));
            assertEquals(status, RunStatus.after(item(1, 0, null, finished(outcome))));
        });
        assertEquals(RunStatus.FINISHED, RunStatus.after(event("RUN_FINISHED")));
        assertEquals(RunStatus.ERROR, RunStatus.after(event("RUN_ERROR")));
        assertEquals(RunStatus.RUNNING, RunStatus.after(event("STEP_FINISHED")));
        assertEquals("interrupted", RunStatus.INTERRUPTED.word());
    }

    @Test
    void numbersAreComparedWithTheNextOne() {
        RunProgress run = new RunProgress(0);
        assertEquals(-1, run.lastSeq());
        assertEquals(RunProgress.Order.NEXT, run.order(0));
        assertEquals(RunProgress.Order.AHEAD, run.order(1));
        RUN.subList(0, 3).forEach(run::add);
        assertEquals(RunProgress.Order.REPEATED, run.order(2));
        assertEquals(RunProgress.Order.NEXT, run.order(3));
        run.add(RUN.get(0)); // neither number nor attempt goes back
        assertEquals(2, run.lastSeq());
        assertEquals(1, run.attempt());
        run.add(RUN.get(3));
        assertEquals(RunProgress.Order.REPEATED, run.order(3));
        assertEquals(RunProgress.Order.AFTER_END, run.order(4));
        assertEquals(RunProgress.Order.AFTER_END, run.order(9));
    }

    private static ObjectNode event(String type) {
        return Json.object().put("type", type);
    }

    private static ObjectNode finished(String outcome) {
        ObjectNode event = event("RUN_FINISHED");
        event.putObject("outcome").put("type", outcome);
        return event;
    }

    private static EventItem item(long seq, int attempt, @Nullable String agent, ObjectNode event) {
        Envelope envelope = new Envelope("e" + seq, USER, "t", agent, new RunPlace("r", seq, attempt));
        return EventItem.of(USER, EventCodec.encode(AgentEvent.stamped(envelope, event, 1_000 + seq)));
    }

    private static ObjectNode tree(EventItem item) {
        return Json.parseObject(item.json());
    }
}
