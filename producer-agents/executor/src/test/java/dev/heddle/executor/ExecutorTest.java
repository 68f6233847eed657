package dev.heddle.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.AgentRegistry;
import dev.heddle.agents.AgentSpec;
import dev.heddle.agents.examples.ExampleAgents;
import dev.heddle.config.Settings;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.CommandHeader;
import dev.heddle.event.EventIds;
import dev.heddle.event.Json;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.topic.TopicAdmin;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import picocli.CommandLine;

/** One executor with a real Kafka: what each command becomes in the log. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExecutorTest {

    static final int PARTITIONS = 4;

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final CountDownLatch INTERRUPTED = new CountDownLatch(1);

    private CommandSender commands;
    private LogReader log;
    private Executor executor;
    private String metricsBeforeCommands = "";

    @BeforeAll
    void start() throws Exception {
        try (Admin admin = KAFKA.admin()) {
            TopicAdmin.create(admin, TopicLayout.local().withPartitions(PARTITIONS));
        }
        commands = new CommandSender(KAFKA.bootstrapServers(), PARTITIONS);
        log = new LogReader(KAFKA.bootstrapServers());
        executor = Executor.start(config(), agents());
        executor.ready().orTimeout(30, TimeUnit.SECONDS).join();
        metricsBeforeCommands = get("/metrics").body();
    }

    private static ExecutorConfig config() {
        return config(KAFKA.bootstrapServers());
    }

    static ExecutorConfig config(String bootstrap) {
        return Settings.with(
                ExecutorConfig.defaults(),
                "kafka.bootstrapServers=" + bootstrap,
                "publisher.partitions=" + PARTITIONS,
                "runs.maxConcurrent=64",
                "runs.maxPerUser=64",
                "runs.deadline=60s",
                "runs.drain=200ms",
                "status.executorId=executor-under-test",
                "status.every=500ms",
                "management.port=0");
    }

    private static AgentRegistry agents() {
        List<AgentSpec> agents = new ArrayList<>(ExampleAgents.registry().agents());
        agents.add(new AgentSpec("thrower", "Throws in the middle of a message.", () -> (context, out) -> {
            out.message().write("so far");
            throw new IllegalStateException("secret");
        }));
        agents.add(new AgentSpec(
                "outlaw",
                "Breaks the rules.",
                () -> (context, out) ->
                        out.emit(CommandSender.json("{'type':'TEXT_MESSAGE_END','messageId':'never opened'}"))));
        agents.add(new AgentSpec("hanger", "Hangs until it is interrupted.", () -> (context, out) -> {
            out.message().write("hanging");
            try {
                new CountDownLatch(1).await();
            } finally {
                INTERRUPTED.countDown();
            }
        }));
        return AgentRegistry.of(agents);
    }

    @AfterAll
    void stop() {
        executor.close();
        commands.close();
        log.close();
    }

    private static List<String> types(List<ObjectNode> events) {
        return events.stream().map(event -> event.path("type").asText()).toList();
    }

    private static ObjectNode last(List<ObjectNode> events) {
        return events.get(events.size() - 1);
    }

    private static String text(List<ObjectNode> events) {
        StringBuilder text = new StringBuilder();
        events.stream()
                .filter(event -> event.path("type").asText().equals("TEXT_MESSAGE_CONTENT"))
                .forEach(event -> text.append(event.path("delta").asText()));
        return text.toString();
    }

    @Test
    void echoStreamsTheLastUserMessageBackWordByWordAndTheInputIsInTheLog() {
        UserKey user = UserKey.of("echo-user");
        String said = "  Grüße,\\n\\t two  words 😀 ";
        RunStart start =
                commands.start(user, "echo", "{'messages':[{'id':'1','role':'user','content':'" + said + "'}]}");
        List<ObjectNode> events = log.ended(user, start.header().runId());
        assertEquals("  Grüße,\n\t two  words 😀 ", text(events));
        assertEquals("RUN_STARTED", types(events).get(0));
        assertEquals("1.0", events.get(0).path("protocolVersion").asText());
        assertEquals(
                start.header().runId(),
                events.get(0).path("input").path("runId").asText());
        assertEquals(
                "1",
                events.get(0).path("input").path("messages").path(0).path("id").asText());
        assertEquals("RUN_FINISHED", last(events).path("type").asText());
    }

    @Test
    void countdownEmitsAsManyDeltasAsItWasAsked() {
        UserKey user = UserKey.of("countdown-user");
        RunStart start = commands.start(user, "countdown", "{'forwardedProps':{'count':25,'intervalMs':1}}");
        List<ObjectNode> events = log.ended(user, start.header().runId());
        assertEquals(
                25,
                types(events).stream().filter("TEXT_MESSAGE_CONTENT"::equals).count());
    }

    @Test
    void countdownRefusesParametersOutOfBounds() {
        UserKey user = UserKey.of("countdown-bounds");
        RunStart start = commands.start(user, "countdown", "{'forwardedProps':{'count':-1}}");
        ObjectNode end = last(log.ended(user, start.header().runId()));
        assertEquals("invalid_input", end.path("code").asText());
    }

    @Test
    void plannerUsesStepsReasoningToolsAndState() {
        UserKey user = UserKey.of("planner-user");
        RunStart start = commands.start(
                user,
                "planner",
                "{'messages':[{'id':'1','role':'user','content':'a boat'}],'forwardedProps':{'intervalMs':0,"
                        + "'start':'2026-01-01'}}");
        List<ObjectNode> events = log.ended(user, start.header().runId());
        List<String> types = types(events);
        assertTrue(types.containsAll(List.of(
                "STEP_STARTED", "REASONING_MESSAGE_CONTENT", "STATE_SNAPSHOT", "STATE_DELTA", "TOOL_CALL_RESULT")));
        assertEquals(6, types.stream().filter("TOOL_CALL_RESULT"::equals).count());
        assertEquals("2026-01-08", last(events).path("result").path("due").asText());
    }

    @Test
    void anUnknownAgentIsToldOutsideAnyRun() {
        UserKey user = UserKey.of("unknown-agent");
        RunStart start = commands.start(user, "nobody", "{}");
        assertEquals("rejected unknown_agent", log.reply(user, start.header().id()));
        assertTrue(log.run(user, start.header().runId()).isEmpty());
    }

    @Test
    void inputThatAgUiForbidsIsToldOutsideAnyRun() {
        UserKey user = UserKey.of("bad-input");
        RunStart start = commands.start(user, "echo", "{'messages':'none'}");
        assertEquals("rejected invalid", log.reply(user, start.header().id()));
        assertTrue(log.run(user, start.header().runId()).isEmpty());
    }

    @Test
    void anAgentThatThrowsEndsInAnErrorThatTellsNothingOfIt() {
        UserKey user = UserKey.of("thrower-user");
        RunStart start = commands.start(user, "thrower", "{}");
        List<ObjectNode> events = log.ended(user, start.header().runId());
        assertEquals("agent_failed", last(events).path("code").asText());
        assertFalse(events.toString().contains("secret"));
    }

    @Test
    void anAgentThatBreaksTheRulesEndsInAnError() {
        UserKey user = UserKey.of("outlaw-user");
        RunStart start = commands.start(user, "outlaw", "{}");
        assertEquals(
                "invalid_event",
                last(log.ended(user, start.header().runId())).path("code").asText());
    }

    @Test
    void aCancelOvertakesARunAndEndsItAsCancelledInLegalOrder() {
        UserKey user = UserKey.of("cancel-user");
        RunStart start = commands.start(user, "countdown", "{'forwardedProps':{'count':50000,'intervalMs':20}}");
        log.awaitEvent(user, start.header().runId(), "TEXT_MESSAGE_CONTENT");
        commands.cancel(start);
        List<ObjectNode> events = log.ended(user, start.header().runId());
        assertEquals("TEXT_MESSAGE_END", types(events).get(events.size() - 2));
        assertEquals("cancelled", last(events).path("outcome").path("type").asText());
    }

    @Test
    void aCancelInterruptsAnAgentThatHangs() throws InterruptedException {
        UserKey user = UserKey.of("hanger-user");
        RunStart start = commands.start(user, "hanger", "{}");
        log.awaitEvent(user, start.header().runId(), "TEXT_MESSAGE_CONTENT");
        commands.cancel(start);
        ObjectNode end = last(log.ended(user, start.header().runId()));
        assertEquals("cancelled", end.path("outcome").path("type").asText());
        assertTrue(INTERRUPTED.await(10, TimeUnit.SECONDS));
    }

    @Test
    void aSecondRunInAThreadWaitsForTheFirst() {
        UserKey user = UserKey.of("thread-user");
        RunStart first = commands.startIn(user, "one", "{'forwardedProps':{'count':20,'intervalMs':10}}");
        RunStart second = commands.startIn(user, "one", "{'forwardedProps':{'count':1,'intervalMs':0}}");
        RunStart other = commands.startIn(user, "two", "{'forwardedProps':{'count':1,'intervalMs':0}}");
        log.ended(user, second.header().runId());
        List<AgentEvent> events = log.of(user);
        int firstEnd = indexOf(events, first, "RUN_FINISHED");
        assertTrue(firstEnd < indexOf(events, second, "RUN_STARTED"), "the second waits");
        assertTrue(indexOf(events, other, "RUN_STARTED") < firstEnd, "another thread does not");
    }

    private static int indexOf(List<AgentEvent> events, RunStart run, String type) {
        for (int i = 0; i < events.size(); i++) {
            AgentEvent event = events.get(i);
            if (event.type().equals(type)
                    && event.event().path("runId").asText().equals(run.header().runId())) {
                return i;
            }
        }
        throw new AssertionError("no " + type + " of " + run.header().runId());
    }

    @Test
    void aRunThatIsCancelledWhileItWaitsNeverBegins() {
        UserKey user = UserKey.of("waiting-user");
        RunStart first = commands.startIn(user, "one", "{'forwardedProps':{'count':50000,'intervalMs':20}}");
        RunStart second = commands.startIn(user, "one", "{'forwardedProps':{'count':1}}");
        commands.cancel(second);
        assertEquals("cancelled cancelled", log.reply(user, second.header().id()));
        commands.cancel(first);
        log.ended(user, first.header().runId());
        assertTrue(log.run(user, second.header().runId()).isEmpty());
    }

    @Test
    void theSameCommandSentAgainRunsOnceAndASecondCommandForTheRunIsRejected() {
        UserKey user = UserKey.of("twice-user");
        RunStart start = commands.start(user, "echo", "{}");
        commands.send(start);
        CommandHeader same = start.header();
        RunStart again = commands.send(
                new RunStart(CommandSender.header(user, same.threadId(), same.runId()), "echo", Json.object()));
        assertEquals("rejected duplicate_run", log.reply(user, again.header().id()));
        RunStart later = commands.start(user, "echo", "{}");
        log.ended(user, later.header().runId());
        assertEquals(
                List.of("RUN_STARTED", "TEXT_MESSAGE_START", "TEXT_MESSAGE_END", "RUN_FINISHED"),
                types(log.run(user, same.runId())));
    }

    @Test
    void aCancelOfNothingAndAResumeOfNothingAreAnswered() {
        UserKey user = UserKey.of("nothing-user");
        RunStart never = new RunStart(CommandSender.header(user, "t", EventIds.next()), "echo", Json.object());
        assertEquals(
                "rejected not_running",
                log.reply(user, commands.cancel(never).header().id()));
        assertEquals(
                "rejected nothing_to_resume",
                log.reply(user, commands.resume(user).header().id()));
    }

    @Test
    void poisonIsSkippedAndTheNextCommandRuns() throws Exception {
        UserKey user = UserKey.of("poison-user");
        commands.raw(user, new byte[] {1, 2, 3});
        RunStart start = commands.start(user, "echo", "{}");
        log.ended(user, start.header().runId());
        assertTrue(get("/metrics").body().contains("heddle_executor_commands_total{result=\"poison\"}"));
    }

    @Test
    void aHundredUsersAtOnceEachGetTheirOwnWords() {
        List<RunStart> starts = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            UserKey user = UserKey.of("crowd-" + i);
            starts.add(commands.start(
                    user, "echo", "{'messages':[{'id':'1','role':'user','content':'I am crowd-" + i + "'}]}"));
        }
        for (RunStart start : starts) {
            UserKey user = start.header().user();
            assertEquals(
                    "I am " + user.value(), text(log.ended(user, start.header().runId())));
        }
    }

    @Test
    void tellsHealthAndMetrics() throws Exception {
        assertEquals(200, get("/health/live").statusCode());
        assertEquals("live\n", get("/health/live").body());
        await().atMost(Duration.ofSeconds(10)).until(() -> get("/health/ready").statusCode() == 200);
        assertEquals("ready\n", get("/health/ready").body());
        assertTrue(get("/metrics").body().contains("heddle_executor_runs_running"));
        assertEquals(404, get("/health/other").statusCode());
    }

    @Test
    void tellsWhatItPublishesBeforeItHasPublished() {
        for (String meter :
                List.of("heddle_publish_failed_total", "heddle_publish_fenced_total", "heddle_publish_seconds_count")) {
            assertTrue(metricsBeforeCommands.contains(meter), meter);
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + executor.managementPort() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aPropertyThatOnlyProducersRefuseIsNamedAndEndsWithTwo() {
        StringWriter err = new StringWriter();
        int code = new CommandLine(new ExecutorCommand())
                .setErr(new PrintWriter(err, true))
                .execute(
                        "--bootstrap",
                        KAFKA.bootstrapServers(),
                        "--set",
                        "publisher.partitions=" + PARTITIONS,
                        "--set",
                        "kafka.properties.compression.type=nonsense");
        assertEquals(2, code, err::toString);
        assertTrue(
                err.toString().startsWith("heddle executor: setting kafka.properties: Invalid value nonsense"),
                err::toString);
    }

    @Test
    void refusesToStartOnTopicsOfAnotherPartitionCount() {
        ExecutorConfig other = Settings.with(config(), "publisher.partitions=3");
        IllegalStateException refusal = assertThrows(
                IllegalStateException.class, () -> Executor.start(other).close());
        assertNotNull(refusal.getMessage());
        assertTrue(refusal.getMessage().contains("has 4 partitions"));
    }
}
