package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.AgentRegistry;
import dev.heddle.agents.AgentSpec;
import dev.heddle.agents.Publisher;
import dev.heddle.agents.PublisherSettings;
import dev.heddle.agents.RunAddress;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.EventIds;
import dev.heddle.event.Json;
import dev.heddle.event.Partitioning;
import dev.heddle.event.RunResume;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.topic.TopicAdmin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A thread whose recorded deltas do not fit concerns that thread alone: its runs and all others go on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnfitStateTest {

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final String THREAD = "t";
    private static final AgentSpec TELLS_ITS_STATE = new AgentSpec(
            "stateful",
            "Tells the state that it was given.",
            () -> (context, out) -> out.custom(
                    "state",
                    context.input().state().isMissingNode()
                            ? Json.object()
                            : context.input().state()));

    private CommandSender commands;
    private LogReader log;
    private Publisher publisher;
    private Executor executor;

    @BeforeAll
    void start() {
        try (Admin admin = KAFKA.admin()) {
            TopicAdmin.create(admin, TopicLayout.local().withPartitions(ExecutorTest.PARTITIONS));
        }
        commands = new CommandSender(KAFKA.bootstrapServers(), ExecutorTest.PARTITIONS);
        log = new LogReader(KAFKA.bootstrapServers());
        publisher = Publisher.open(
                KafkaClientSettings.at(KAFKA.bootstrapServers()),
                PublisherSettings.defaults().withPartitions(ExecutorTest.PARTITIONS));
        executor = Executor.start(
                ExecutorTest.config(KAFKA.bootstrapServers()), AgentRegistry.of(List.of(TELLS_ITS_STATE)));
        executor.ready().orTimeout(30, TimeUnit.SECONDS).join();
    }

    @AfterAll
    void stop() {
        executor.close();
        publisher.close();
        commands.close();
        log.close();
    }

    /** A user whose events lie in the first partition. */
    private static UserKey neighbour(String name) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> UserKey.of(name + i))
                .filter(user -> Partitioning.partitionOf(user, ExecutorTest.PARTITIONS) == 0)
                .findFirst()
                .orElseThrow();
    }

    /** A run of the user's that ends with a question, after these changes of its state. */
    private void asked(UserKey user, String... events) throws Exception {
        publisher.run(RunAddress.newRun(user, THREAD, "stateful"), out -> {
            for (String event : events) {
                out.emit(CommandSender.json(event));
            }
            out.interrupt(Json.parseArray("[{\"id\":\"i\",\"reason\":\"input\"}]"));
        });
    }

    private RunResume answer(UserKey user) {
        return commands.send(new RunResume(
                CommandSender.header(user, THREAD, EventIds.next()),
                Json.parseArray("[{\"interruptId\":\"i\",\"status\":\"resolved\",\"payload\":1}]")));
    }

    private JsonNode stateGivenTo(UserKey user, RunResume run) {
        List<ObjectNode> events = log.ended(user, run.header().runId());
        return events.get(1).path("value");
    }

    @Test
    void aDeltaThatDoesNotFitIsLeftOutAndNobodyElseWaitsForIt() throws Exception {
        UserKey broken = neighbour("broken-");
        UserKey other = neighbour("other-");
        asked(
                broken,
                "{'type':'STATE_SNAPSHOT','snapshot':{'l':[]}}",
                "{'type':'STATE_DELTA','delta':[{'op':'add','path':'/l/x','value':1}]}",
                "{'type':'STATE_DELTA','delta':[{'op':'add','path':'/n','value':2}]}");
        asked(other, "{'type':'STATE_SNAPSHOT','snapshot':{'fine':true}}");
        RunResume first = answer(broken);
        RunResume second = answer(other);
        assertEquals(CommandSender.json("{'fine':true}"), stateGivenTo(other, second));
        assertEquals(CommandSender.json("{'l':[],'n':2}"), stateGivenTo(broken, first));
        assertTrue(metric("heddle_executor_thread_faults_total{fault=\"patch\"}") >= 1);
    }

    @Test
    void aStateThatDoublesItselfStaysBounded() throws Exception {
        UserKey greedy = neighbour("greedy-");
        UserKey other = neighbour("beside-");
        String[] events = new String[60];
        events[0] = "{'type':'STATE_SNAPSHOT','snapshot':{'a':'" + "x".repeat(1_000) + "'}}";
        for (int i = 1; i < events.length; i++) {
            events[i] = "{'type':'STATE_DELTA','delta':[{'op':'copy','from':'','path':'/c" + i + "'}]}";
        }
        asked(greedy, events);
        asked(other, "{'type':'STATE_SNAPSHOT','snapshot':{'fine':true}}");
        RunResume first = answer(greedy);
        RunResume second = answer(other);
        assertEquals(CommandSender.json("{'fine':true}"), stateGivenTo(other, second));
        log.ended(greedy, first.header().runId());
        assertTrue(metric("heddle_executor_thread_faults_total{fault=\"size\"}") >= 1);
    }

    private double metric(String name) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + executor.managementPort() + "/metrics"))
                .timeout(Duration.ofSeconds(10))
                .build();
        String page = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        return page.lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
