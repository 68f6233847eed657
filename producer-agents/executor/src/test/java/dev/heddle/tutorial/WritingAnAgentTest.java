package dev.heddle.tutorial;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.Agent;
import dev.heddle.agents.AgentProvider;
import dev.heddle.agents.AgentRegistry;
import dev.heddle.agents.AgentSpec;
import dev.heddle.agents.Approval;
import dev.heddle.agents.RecordedRun;
import dev.heddle.agents.ResumableAgent;
import dev.heddle.agents.RunContext;
import dev.heddle.agents.RunEmitter;
import dev.heddle.agents.TextStream;
import dev.heddle.agents.Tool;
import dev.heddle.agents.ToolCall;
import dev.heddle.agents.ToolFailure;
import dev.heddle.agents.ToolRequest;
import dev.heddle.agents.ToolResult;
import dev.heddle.config.Settings;
import dev.heddle.event.EventIds;
import dev.heddle.event.Json;
import dev.heddle.event.RunResume;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.executor.CommandSender;
import dev.heddle.executor.Executor;
import dev.heddle.executor.ExecutorConfig;
import dev.heddle.executor.LogReader;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.PageCode;
import dev.heddle.topic.TopicAdmin;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The code of {@code docs/writing-an-agent.md}: compiled here, run in an executor, and compared with the page. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WritingAnAgentTest {

    private static final int PARTITIONS = 4;

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final UserKey ALICE = UserKey.of("alice");

    private CommandSender commands;
    private LogReader log;

    @BeforeAll
    void connect() {
        try (Admin admin = KAFKA.admin()) {
            TopicAdmin.create(admin, TopicLayout.local().withPartitions(PARTITIONS));
        }
        commands = new CommandSender(KAFKA.bootstrapServers(), PARTITIONS);
        log = new LogReader(KAFKA.bootstrapServers());
    }

    @AfterAll
    void close() {
        log.close();
        commands.close();
    }

    private static Executor executor(AgentSpec... agents) {
        ExecutorConfig config = Settings.with(
                ExecutorConfig.defaults(),
                "kafka.bootstrapServers=" + KAFKA.bootstrapServers(),
                "publisher.partitions=" + PARTITIONS,
                "runs.maxConcurrent=8",
                "runs.maxPerUser=8",
                "runs.deadline=60s",
                "runs.drain=100ms");
        Executor executor = Executor.start(config, AgentRegistry.of(agents));
        executor.ready().orTimeout(30, TimeUnit.SECONDS).join();
        return executor;
    }

    private RunStart start(String agent, String said) {
        return commands.start(
                ALICE, agent, "{'messages':[{'id':'" + EventIds.next() + "','role':'user','content':'" + said + "'}]}");
    }

    private List<ObjectNode> ended(RunStart run) {
        return log.ended(ALICE, run.header().runId());
    }

    private static List<String> texts(List<ObjectNode> events) {
        return events.stream()
                .filter(event -> event.path("type").asText().equals("TEXT_MESSAGE_CONTENT"))
                .map(event -> event.path("delta").asText())
                .toList();
    }

    private static ObjectNode last(List<ObjectNode> events) {
        return events.get(events.size() - 1);
    }

    @Test
    void thePageShowsTheCodeOfThisTest() {
        PageCode.of("writing-an-agent.md")
                .requireFrom("producer-agents/executor/src/test/java/dev/heddle/tutorial/WritingAnAgentTest.java");
    }

    static final class Greeter implements Agent {
        @Override
        public void run(RunContext context, RunEmitter out) {
            try (TextStream message = out.message()) {
                message.write("You said: ");
                message.write(context.input().lastUserText());
            }
        }
    }

    static Tool forecast() {
        ObjectNode parameters = Json.parseObject("""
                {"type":"object","required":["city"],"properties":{"city":{"type":"string"}}}""");
        return Tool.of("forecast", parameters, WritingAnAgentTest::forecastFor)
                .repeatable()
                .within(Duration.ofSeconds(5));
    }

    static String forecastFor(Tool.Call call) throws ToolFailure {
        String city = call.arguments().path("city").asText();
        if (city.equals("Atlantis")) {
            throw new ToolFailure("There is no weather in Atlantis.");
        }
        return "sunny in " + city;
    }

    static final class Weather implements Agent {
        @Override
        public void run(RunContext context, RunEmitter out) throws InterruptedException {
            String city = context.input().lastUserText();
            ToolResult result = context.tools().call("forecast", Json.object().put("city", city));
            out.text(result.isError() ? "I cannot say." : "It is " + result.content() + ".");
        }
    }

    public static final class MyAgents implements AgentProvider {
        @Override
        public List<AgentSpec> agents() {
            return List.of(
                    new AgentSpec("greeter", "Repeats your words.", Greeter::new),
                    new AgentSpec("weather", "Tells the weather.", Weather::new).withTools(forecast()));
        }
    }

    @Test
    void anAgentAnswersAndCallsItsTool() {
        try (Executor executor = executor(new MyAgents().agents().toArray(AgentSpec[]::new))) {
            assertTrue(executor.ready().isDone());
            assertEquals(List.of("You said: ", "Hello"), texts(ended(start("greeter", "Hello"))));

            List<ObjectNode> oslo = ended(start("weather", "Oslo"));
            assertEquals(List.of("It is sunny in Oslo."), texts(oslo));
            assertTrue(oslo.stream()
                    .anyMatch(event -> event.path("content").asText().equals("sunny in Oslo")));

            List<ObjectNode> atlantis = ended(start("weather", "Atlantis"));
            assertEquals(List.of("I cannot say."), texts(atlantis));
            assertTrue(atlantis.toString().contains("There is no weather in Atlantis."));
            assertEquals("RUN_FINISHED", last(atlantis).path("type").asText());
        }
    }

    interface Model {
        CompletableFuture<String> answer(String question);
    }

    static final class Assistant implements Agent {
        private final Model model;

        Assistant(Model model) {
            this.model = model;
        }

        @Override
        public void run(RunContext context, RunEmitter out) throws InterruptedException {
            CompletableFuture<String> answer = model.answer(context.input().lastUserText());
            out.text(context.cancellation().await(answer));
        }
    }

    @Test
    void aCancelStopsTheRequestToTheModel() {
        CompletableFuture<String> never = new CompletableFuture<>();
        AgentSpec assistant = new AgentSpec("assistant", "Answers.", () -> new Assistant(question -> never));
        try (Executor executor = executor(assistant)) {
            assertTrue(executor.ready().isDone());
            RunStart run = start("assistant", "Why?");
            log.awaitEvent(ALICE, run.header().runId(), "RUN_STARTED");
            commands.cancel(run);
            assertEquals(
                    "cancelled", last(ended(run)).path("outcome").path("type").asText());
            await("the request's cancellation").atMost(Duration.ofSeconds(30)).until(never::isCancelled);
        }
    }

    static final class Tour implements ResumableAgent {
        @Override
        public void run(RunContext context, RunEmitter out) throws InterruptedException {
            for (String city : List.of("Oslo", "Rome", "Lima")) {
                String place = context.address().runId() + "-" + city;
                ObjectNode arguments = Json.object().put("city", city);
                ToolResult result = context.tools().call(new ToolRequest("call-" + place, "forecast", arguments));
                if (!out.messageIds().contains("about-" + place)) {
                    out.text("about-" + place, "It is " + result.content() + ".");
                }
            }
        }

        @Override
        public void resume(RunContext context, RecordedRun recorded, RunEmitter out) throws InterruptedException {
            run(context, out);
        }
    }

    @Test
    void anotherExecutorGoesOnWithARun() throws Exception {
        List<String> called = new CopyOnWriteArrayList<>();
        CountDownLatch inRome = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        Tool slowInRome = Tool.of("forecast", Json.object(), call -> {
                    called.add(call.arguments().path("city").asText());
                    if (call.arguments().path("city").asText().equals("Rome")) {
                        inRome.countDown();
                        gate.await();
                    }
                    return forecastFor(call);
                })
                .repeatable();
        AgentSpec tour = AgentSpec.resumable("tour", "Tells the weather of three cities.", Tour::new)
                .withTools(slowInRome);
        RunStart run;
        try (Executor first = executor(tour)) {
            assertTrue(first.ready().isDone());
            run = start("tour", "Go");
            assertTrue(inRome.await(30, TimeUnit.SECONDS));
        }
        gate.countDown();
        try (Executor second = executor(tour)) {
            assertTrue(second.ready().isDone());
            assertEquals(
                    List.of("It is sunny in Oslo.", "It is sunny in Rome.", "It is sunny in Lima."), texts(ended(run)));
        }
        assertEquals(List.of("Oslo", "Rome", "Rome", "Lima"), called);
    }

    static final class Payment implements Agent {
        @Override
        public void run(RunContext context, RunEmitter out) throws InterruptedException {
            if (context.input().asked().isEmpty()) {
                ask(out);
            } else {
                pay(context, out);
            }
        }

        private static void ask(RunEmitter out) {
            ObjectNode arguments = Json.object().put("euros", 20);
            ToolCall call = out.toolCall("pay", arguments);
            ArrayNode questions = Json.mapper().createArrayNode();
            questions
                    .addObject()
                    .put("id", EventIds.next())
                    .put("reason", "approval")
                    .put("message", "Shall I pay 20 euros?")
                    .put("toolCallId", call.toolCallId())
                    .set("metadata", Approval.metadata("pay", arguments));
            out.interrupt(questions);
        }

        private static void pay(RunContext context, RunEmitter out) throws InterruptedException {
            ObjectNode question = context.input().asked().get(0);
            String toolCallId = question.path("toolCallId").asText();
            ToolRequest call = context.input().toolCall(toolCallId).orElseThrow();
            ToolResult result = context.tools().callApproved(call);
            out.text(result.isError() ? "I have paid nothing." : result.content());
        }
    }

    @Test
    void aPersonApprovesACallOrDoesNot() {
        Tool pay =
                Tool.of("pay", Json.object(), call -> "Paid " + call.arguments().path("euros") + " euros.");
        AgentSpec payment = new AgentSpec("payment", "Asks before it pays.", Payment::new).withTools(pay);
        try (Executor executor = executor(payment)) {
            assertTrue(executor.ready().isDone());
            assertEquals(List.of("Paid 20 euros."), texts(answered("{'approved':true}")));
            assertEquals(List.of("I have paid nothing."), texts(answered("{'approved':false}")));
        }
    }

    /** The events of the run that answers a payment's question. */
    private List<ObjectNode> answered(String payload) {
        RunStart asking = start("payment", "Pay the bill");
        JsonNode interrupt =
                last(ended(asking)).path("outcome").path("interrupts").path(0);
        ArrayNode resume = Json.mapper().createArrayNode();
        resume.addObject()
                .put("interruptId", interrupt.path("id").asText())
                .put("status", "resolved")
                .set("payload", Json.parseObject(payload.replace('\'', '"')));
        String runId = EventIds.next();
        commands.send(new RunResume(CommandSender.header(ALICE, asking.header().threadId(), runId), resume));
        return log.ended(ALICE, runId);
    }
}
