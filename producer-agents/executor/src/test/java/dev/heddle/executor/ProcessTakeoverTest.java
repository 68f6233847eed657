package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.config.Settings;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import dev.heddle.testing.TestProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Executors in processes of their own, which are killed or asked to stop: every run ends once, and none runs twice. */
class ProcessTakeoverTest {
    private TakeoverRig rig;
    private CommandSender commands;
    private LogReader log;

    @BeforeEach
    void start() {
        rig = TakeoverRig.start();
        commands = rig.commands();
        log = rig.log();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void aKilledProcessLeavesNoRunOpenAndNothingRunsTwice() {
        List<RunStart> done = new ArrayList<>();
        List<RunStart> open = new ArrayList<>();
        try (TestProcess victim = rig.process()) {
            for (int i = 0; i < 8; i++) {
                UserKey user = UserKey.of("user-" + i);
                open.add(commands.start(user, "holder", "{}"));
                done.add(commands.start(user, "echo", "{'messages':[{'id':'1','role':'user','content':'hi'}]}"));
            }
            done.forEach(run -> log.ended(run.header().user(), run.header().runId()));
            open.forEach(run -> log.awaitEvent(run.header().user(), run.header().runId(), "TEXT_MESSAGE_CONTENT"));
            rig.kill(victim);
        }
        RunStart meanwhile = commands.start(UserKey.of("user-0"), "echo", "{}");
        RunStart again = commands.send(done.get(0));
        try (Executor next = rig.executor()) {
            assertTrue(next.ready().isDone());
            for (RunStart run : open) {
                ObjectNode end = TakeoverRig.last(
                        log.ended(run.header().user(), run.header().runId()));
                assertEquals("executor_lost", end.path("code").asText());
            }
            log.ended(UserKey.of("user-0"), meanwhile.header().runId());
            RunStart afterwards = commands.start(again.header().user(), "echo", "{}");
            log.ended(again.header().user(), afterwards.header().runId());
        }
        for (RunStart run : done) {
            assertEquals(5, log.run(run.header().user(), run.header().runId()).size());
        }
        for (RunStart run : open) {
            AgentEvent end = log.awaitUntil(
                    "the end",
                    run.header().user(),
                    event -> LogReader.isEnd(event, run.header().runId()));
            assertEquals(1, Objects.requireNonNull(end.envelope().run()).attempt());
        }
    }

    @Test
    void aProcessThatIsAskedToStopEndsItsRunsItselfAndSaysThatAllIsWell() {
        UserKey user = UserKey.of("alice");
        RunStart start;
        RunStart survivor;
        try (TestProcess executor = rig.process()) {
            start = commands.start(user, "holder", "{}");
            survivor = commands.start(user, "countdown", "{'forwardedProps':{'count':150,'intervalMs':20}}");
            log.awaitEvent(user, start.header().runId(), "TEXT_MESSAGE_CONTENT");
            log.awaitEvent(user, survivor.header().runId(), "TEXT_MESSAGE_CONTENT");
            assertEquals(0, executor.terminate());
        }
        ObjectNode end = TakeoverRig.last(log.ended(user, start.header().runId()));
        assertEquals("cancelled", end.path("outcome").path("type").asText());
        assertFalse(LogReader.hasEnd(log.run(user, survivor.header().runId())), "it is left to the next executor");
        try (Executor next = rig.executor()) {
            assertTrue(next.ready().isDone());
            assertEquals(countdown(150), text(log.ended(user, survivor.header().runId())));
        }
    }

    @Test
    void aRunOfAResumableAgentGoesOnWhereItsKilledProcessLeftIt() {
        UserKey user = UserKey.of("goes-on");
        RunStart start;
        try (TestProcess victim = rig.process()) {
            start = commands.start(user, "countdown", "{'forwardedProps':{'count':150,'intervalMs':20}}");
            log.awaitEvent(user, start.header().runId(), "TEXT_MESSAGE_CONTENT");
            rig.kill(victim);
        }
        try (Executor next = rig.executor()) {
            assertTrue(next.ready().isDone());
            assertEquals(countdown(150), text(log.ended(user, start.header().runId())));
        }
        List<Integer> attempts = log.of(user).stream()
                .map(event -> Objects.requireNonNull(event.envelope().run()).attempt())
                .distinct()
                .toList();
        assertEquals(List.of(0, 1), attempts);
    }

    @Test
    void aRunThatItsUserHadCancelledBeforeItsProcessDiedEndsAsCancelled() {
        UserKey user = UserKey.of("changed-mind");
        RunStart survivor;
        RunStart holder;
        try (TestProcess victim = rig.process()) {
            survivor = commands.start(user, "countdown", "{'forwardedProps':{'count':50000,'intervalMs':20}}");
            holder = commands.start(user, "holder", "{}");
            log.awaitEvent(user, survivor.header().runId(), "TEXT_MESSAGE_CONTENT");
            log.awaitEvent(user, holder.header().runId(), "TEXT_MESSAGE_CONTENT");
            rig.kill(victim);
        }
        commands.cancel(survivor);
        commands.cancel(holder);
        try (Executor next = rig.executor()) {
            assertTrue(next.ready().isDone());
            for (RunStart run : List.of(survivor, holder)) {
                List<ObjectNode> events = log.ended(user, run.header().runId());
                assertEquals(
                        "cancelled",
                        TakeoverRig.last(events).path("outcome").path("type").asText());
                assertEquals(
                        "TEXT_MESSAGE_END",
                        events.get(events.size() - 2).path("type").asText());
            }
        }
    }

    @Test
    void aRunThatEveryProcessDiesOfIsGivenUp() {
        UserKey user = UserKey.of("poisonous");
        RunStart start;
        try (TestProcess victim = rig.process()) {
            start = commands.start(user, "countdown", "{'forwardedProps':{'count':50000,'intervalMs':20}}");
            log.awaitEvent(user, start.header().runId(), "TEXT_MESSAGE_CONTENT");
            rig.kill(victim);
        }
        ExecutorConfig once = Settings.with(rig.config(), "takeover.attempts=1", "takeover.commitEvery=1s");
        try (Executor next = Executor.start(once)) {
            next.ready().orTimeout(30, TimeUnit.SECONDS).join();
            ObjectNode end = TakeoverRig.last(log.ended(user, start.header().runId()));
            assertEquals("executor_lost", end.path("code").asText());
        }
    }

    private static String countdown(int from) {
        return IntStream.iterate(from, left -> left > 0, left -> left - 1)
                .mapToObj(left -> left + " ")
                .collect(Collectors.joining());
    }

    private static String text(List<ObjectNode> events) {
        return events.stream()
                .filter(event -> event.path("type").asText().equals("TEXT_MESSAGE_CONTENT"))
                .map(event -> event.path("delta").asText())
                .collect(Collectors.joining());
    }
}
