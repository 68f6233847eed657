package dev.heddle.agents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.examples.ExampleAgents;
import dev.heddle.event.EventIds;
import dev.heddle.event.Json;
import dev.heddle.event.RunResume;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicAdmin;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.testing.KafkaFixture;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Asking, answering, and what a thread's next run is told, all through a real log. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApprovalTest {

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private CommandSender commands;
    private LogReader log;
    private Executor executor;

    @BeforeAll
    void start() {
        try (Admin admin = KAFKA.admin()) {
            TopicAdmin.create(admin, TopicLayout.local().withPartitions(ExecutorTest.PARTITIONS));
        }
        commands = new CommandSender(KAFKA.bootstrapServers(), ExecutorTest.PARTITIONS);
        log = new LogReader(KAFKA.bootstrapServers());
        executor = start(ExecutorTest.config(KAFKA.bootstrapServers()));
    }

    private static Executor start(ExecutorConfig config) {
        Executor executor = Executor.start(config, ExampleAgents.registry());
        executor.ready().orTimeout(30, TimeUnit.SECONDS).join();
        return executor;
    }

    @AfterAll
    void stop() {
        executor.close();
        commands.close();
        log.close();
    }

    private record Asked(RunStart run, String interruptId, String toolCallId) {}

    private Asked ask(UserKey user) {
        RunStart run = commands.start(
                user, "approval", "{'messages':[{'id':'u1','role':'user','content':'pay the bill'}],'state':{'n':1}}");
        List<ObjectNode> events = log.ended(user, run.header().runId());
        JsonNode outcome = events.get(events.size() - 1).path("outcome");
        assertEquals("interrupt", outcome.path("type").asText());
        JsonNode interrupt = outcome.path("interrupts").path(0);
        return new Asked(
                run, interrupt.path("id").asText(), interrupt.path("toolCallId").asText());
    }

    private RunResume answer(UserKey user, Asked asked, String entry) {
        ArrayNode resume = Json.mapper().createArrayNode();
        resume.add(CommandSender.json(entry).put("interruptId", asked.interruptId()));
        String threadId = asked.run().header().threadId();
        return commands.send(new RunResume(CommandSender.header(user, threadId, EventIds.next()), resume));
    }

    private static final String YES = "{'status':'resolved','payload':{'approved':true}}";

    private static List<ObjectNode> ofType(List<ObjectNode> events, String type) {
        return events.stream()
                .filter(event -> event.path("type").asText().equals(type))
                .toList();
    }

    @Test
    void aYesMakesTheCallOnceWithAgentMessagesAndStateFromTheLog() {
        UserKey user = UserKey.of("says-yes");
        Asked asked = ask(user);
        RunResume yes = answer(user, asked, YES);
        List<ObjectNode> events = log.ended(user, yes.header().runId());
        JsonNode input = events.get(0).path("input");
        assertEquals(
                asked.interruptId(),
                input.path("resume").path(0).path("interruptId").asText());
        assertTrue(input.path("messages").isEmpty(), "the log holds them");
        assertEquals(
                asked.run().header().runId(), events.get(0).path("parentRunId").asText());
        ObjectNode result = ofType(events, "TOOL_CALL_RESULT").get(0);
        assertEquals(asked.toolCallId(), result.path("toolCallId").asText());
        assertEquals("done: pay the bill", result.path("content").asText());
    }

    @Test
    void aNoIsToldAndNothingIsDone() {
        UserKey user = UserKey.of("says-no");
        Asked asked = ask(user);
        RunResume no = answer(user, asked, "{'status':'cancelled'}");
        List<ObjectNode> events = log.ended(user, no.header().runId());
        assertTrue(ofType(events, "TOOL_CALL_RESULT")
                .get(0)
                .path("content")
                .asText()
                .contains("declined"));
    }

    @Test
    void theFirstAnswerInTheLogCounts() {
        UserKey user = UserKey.of("two-devices");
        Asked asked = ask(user);
        RunResume first = answer(user, asked, YES);
        RunResume second = answer(user, asked, "{'status':'cancelled'}");
        assertEquals(
                "rejected already_resolved", log.reply(user, second.header().id()));
        assertEquals(
                1,
                ofType(log.ended(user, first.header().runId()), "TOOL_CALL_RESULT")
                        .size());
        assertTrue(log.run(user, second.header().runId()).isEmpty());
    }

    @Test
    void onlyTheRunsUserCanAnswer() {
        UserKey alice = UserKey.of("asked-one");
        UserKey mallory = UserKey.of("another-one");
        Asked asked = ask(alice);
        RunResume foreign = answer(mallory, asked, YES);
        assertEquals(
                "rejected nothing_to_resume",
                log.reply(mallory, foreign.header().id()));
        RunResume own = answer(alice, asked, YES);
        log.ended(alice, own.header().runId());
    }

    @Test
    void anApprovalSurvivesARestartOfTheExecutor() {
        UserKey user = UserKey.of("comes-back");
        Asked asked = ask(user);
        executor.close();
        executor = start(ExecutorTest.config(KAFKA.bootstrapServers()));
        RunResume yes = answer(user, asked, YES);
        assertEquals(
                1,
                ofType(log.ended(user, yes.header().runId()), "TOOL_CALL_RESULT")
                        .size());
    }

    @Test
    void aRunTellsOnlyTheMessagesThatTheThreadsLogDoesNotHold() {
        UserKey user = UserKey.of("long-talk");
        String thread = "talk";
        RunStart first = started(user, thread, "{'id':'m1','role':'user','content':'one'}");
        String answer = ofType(log.ended(user, first.header().runId()), "TEXT_MESSAGE_START")
                .get(0)
                .path("messageId")
                .asText();
        String all = "{'id':'m1','role':'user','content':'one'},{'id':'" + answer
                + "','role':'assistant','content':'one'},{'id':'m2','role':'user','content':'two'}";
        assertEquals(List.of("m2"), told(user, started(user, thread, all)));
        executor.close();
        executor = start(ExecutorTest.config(KAFKA.bootstrapServers()));
        assertEquals(
                List.of("m3"), told(user, started(user, thread, all + ",{'id':'m3','role':'user','content':'three'}")));
    }

    private RunStart started(UserKey user, String thread, String messages) {
        ObjectNode input = CommandSender.json("{'messages':[" + messages + "]}");
        return commands.send(new RunStart(CommandSender.header(user, thread, EventIds.next()), "echo", input));
    }

    private List<String> told(UserKey user, RunStart run) {
        JsonNode messages =
                log.ended(user, run.header().runId()).get(0).path("input").path("messages");
        return messages.findValuesAsText("id");
    }
}
