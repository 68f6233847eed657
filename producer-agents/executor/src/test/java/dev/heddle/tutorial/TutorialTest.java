package dev.heddle.tutorial;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.Agent;
import dev.heddle.agents.AgentRegistry;
import dev.heddle.agents.AgentSpec;
import dev.heddle.agents.ModelUsage;
import dev.heddle.agents.Publisher;
import dev.heddle.agents.RunAddress;
import dev.heddle.agents.RunContext;
import dev.heddle.agents.RunEmitter;
import dev.heddle.agents.Step;
import dev.heddle.agents.TextStream;
import dev.heddle.agents.ToolCall;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.config.Settings;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.executor.Executor;
import dev.heddle.executor.ExecutorConfig;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.PageCode;
import dev.heddle.testing.RunLog;
import dev.heddle.topic.TopicAdmin;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs the code of {@code docs/tutorial-producers.md}, and sees that the page shows the code that is run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TutorialTest {

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final UserKey ALICE = UserKey.of("alice");

    private String bootstrap = "";
    private Publisher publisher;
    private RunLog log;

    @BeforeAll
    void connect() {
        bootstrap = KAFKA.bootstrapServers();
        try (Admin admin = KAFKA.admin()) {
            TopicAdmin.create(admin, TopicLayout.local().withPartitions(4));
        }
        publisher = Publisher.connect(bootstrap);
        log = new RunLog(bootstrap);
    }

    @AfterAll
    void close() {
        log.close();
        publisher.close();
    }

    private List<ObjectNode> events(RunAddress address) {
        return log.whole(address.user(), address.runId());
    }

    private static List<String> types(List<ObjectNode> events) {
        return events.stream().map(event -> event.path("type").asText()).toList();
    }

    private static ObjectNode last(List<ObjectNode> events) {
        return events.get(events.size() - 1);
    }

    @Test
    void thePageShowsWhatIsRunHere() {
        PageCode.of("tutorial-producers.md")
                .requireFrom("producer-agents/executor/src/test/java/dev/heddle/tutorial/TutorialTest.java");
    }

    @Test
    void aFirstRun() {
        RunAddress address = RunAddress.newRun(UserKey.of("alice"), "thread-1", "weather");
        try (Publisher publisher = Publisher.connect(bootstrap);
                RunEmitter run = publisher.run(address)) {
            run.text("I look at the sky.");
            run.toolCall("forecast", Map.of("city", "Oslo")).result("sunny");
            run.text("It will be sunny in Oslo.");
            run.finish();
        }
        assertEquals(
                List.of(
                        "RUN_STARTED",
                        "TEXT_MESSAGE_START",
                        "TEXT_MESSAGE_CONTENT",
                        "TEXT_MESSAGE_END",
                        "TOOL_CALL_START",
                        "TOOL_CALL_ARGS",
                        "TOOL_CALL_END",
                        "TOOL_CALL_RESULT",
                        "TEXT_MESSAGE_START",
                        "TEXT_MESSAGE_CONTENT",
                        "TEXT_MESSAGE_END",
                        "RUN_FINISHED"),
                types(events(address)));
    }

    @Test
    void pieceByPiece() {
        RunAddress address = RunAddress.newRun(ALICE, "thread-1", "weather");
        try (RunEmitter run = publisher.run(address)) {
            try (TextStream thought = run.reasoning()) {
                thought.write("Oslo is ");
                thought.write("in Norway.");
            }
            ToolCall call = run.toolCall("forecast");
            call.arguments("{\"city\":");
            call.arguments("\"Oslo\"}");
            call.result("sunny");
            try (TextStream message = run.message()) {
                message.write("It will be ");
                message.write("sunny.");
            }
            run.finish();
        }
        assertEquals("RUN_FINISHED", last(events(address)).path("type").asText());
        assertEquals(17, events(address).size());
    }

    @Test
    void stepsAndState() {
        RunAddress address = RunAddress.newRun(ALICE, "thread-1", "planner");
        try (RunEmitter run = publisher.run(address)) {
            run.stateSnapshot(Json.object().put("done", 0));
            Step packing = run.step("pack");
            run.stateDelta(Json.parseArray("[{\"op\":\"replace\",\"path\":\"/done\",\"value\":1}]"));
            packing.close();
            run.used(new ModelUsage("openai", "gpt-x", ModelUsage.Tokens.of(1_200, 80)));
            run.finish(Json.object().put("packed", true));
        }
        ObjectNode end = last(events(address));
        assertTrue(end.path("result").path("packed").asBoolean());
        assertEquals(1_280, end.path("usage").path(0).path("totalTokens").asInt());
    }

    @Test
    void whatGoesWrongIsTold() {
        RunAddress address = RunAddress.newRun(ALICE, "thread-1", "weather");
        RuntimeException failure = assertThrows(
                IllegalStateException.class,
                () -> publisher.run(address, run -> {
                    run.text("I look at the sky.");
                    throw new IllegalStateException("no window here");
                }));
        assertEquals("no window here", failure.getMessage());
        assertEquals("agent_failed", last(events(address)).path("code").asText());
    }

    @Test
    void whatAgUiForbidsIsRefused() {
        RunAddress address = RunAddress.newRun(ALICE, "thread-1", "weather");
        try (RunEmitter run = publisher.run(address)) {
            ObjectNode unopened = Json.object().put("type", "TEXT_MESSAGE_END").put("messageId", "m1");
            assertThrows(InvalidEventException.class, () -> run.emit(unopened));
            run.finish();
        }
        assertEquals(List.of("RUN_STARTED", "RUN_FINISHED"), types(events(address)));
    }

    @Test
    void aQuestion() {
        RunAddress address = RunAddress.newRun(ALICE, "thread-1", "clerk");
        try (RunEmitter run = publisher.run(address)) {
            run.text("This costs 20 EUR.");
            ArrayNode questions = Json.mapper().createArrayNode();
            questions.addObject().put("id", "q1").put("reason", "approval").put("message", "Shall I pay?");
            run.interrupt(questions);
        }
        assertEquals(
                "interrupt", last(events(address)).path("outcome").path("type").asText());
    }

    static final class Greeter implements Agent {
        @Override
        public void run(RunContext context, RunEmitter out) throws InterruptedException {
            try (TextStream message = out.message()) {
                for (String word : List.of("Good", "morning", "to", "you")) {
                    message.write(word + " ");
                    context.cancellation().pause(Duration.ofMillis(20));
                }
            }
        }
    }

    @Test
    void anAgentInAnExecutor() throws Exception {
        ExecutorConfig config = Settings.with(
                ExecutorConfig.defaults().withKafka(KafkaClientSettings.at(bootstrap)), "publisher.partitions=4");
        AgentSpec greeter = new AgentSpec("greeter", "Greets.", Greeter::new);
        try (Executor executor = Executor.start(config, AgentRegistry.of(greeter))) {
            executor.ready().get(30, TimeUnit.SECONDS);
            await("readiness").atMost(Duration.ofSeconds(30)).until(executor::isReady);
        }
    }
}
