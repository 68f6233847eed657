package dev.heddle.agents;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.ToolResult.Status;
import dev.heddle.config.ByteSize;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.EventCodec;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import dev.heddle.testing.Background;
import dev.heddle.testing.DeclinedPayloads;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ToolsTest {

    private static final UserKey ALICE = UserKey.of("alice");
    private static final RunAddress ADDRESS = new RunAddress(ALICE, "t", "r", "agent");
    private static final ObjectNode NUMBER =
            json("{'type':'object','properties':{'n':{'type':'integer'}},'required':['n']}");
    private static final ToolRunner.Limits LIMITS =
            new ToolRunner.Limits(Duration.ofSeconds(1), 5, ByteSize.kibibytes(1));

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final MockProducer<byte[], byte[]> kafka =
            new MockProducer<>(Cluster.empty(), true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final Publisher publisher = new Publisher(
            new PlainSink(kafka),
            PublisherSettings.defaults().withPartitions(4),
            InstantSource.fixed(Instant.EPOCH),
            new SimpleMeterRegistry());
    private final Cancellation cancellation = new Cancellation(
            InstantSource.system(), InstantSource.system().instant().plusSeconds(60));
    private final List<Status> measured = new ArrayList<>();
    private final AtomicInteger made = new AtomicInteger();
    private final CountDownLatch hanging = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    private static ObjectNode json(String text) {
        return Json.parseObject(text.replace('\'', '"'));
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private final Tool add = Tool.of("add", NUMBER, call -> {
        made.incrementAndGet();
        return "" + (call.arguments().path("n").asInt() + 1) + " as " + call.toolCallId();
    });
    private final Tool hang = Tool.of("hang", json("{}"), call -> {
        hanging.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
        return "late";
    });

    private Tools tools(RunEmitter out, Tool... tools) {
        return tools(new RunInput(json("{}")), out, tools);
    }

    private Tools tools(RunInput input, RunEmitter out, Tool... tools) {
        RunContext context = new RunContext(ADDRESS, 0, input, cancellation);
        return new ToolDispatcher(
                List.of(tools), context, out, new ToolRunner(threads, LIMITS, (status, took) -> measured.add(status)));
    }

    private List<ObjectNode> events() {
        return kafka.history().stream()
                .map(record -> EventCodec.decode(ALICE, record.value()))
                .map(AgentEvent::event)
                .toList();
    }

    private List<String> types() {
        return events().stream().map(event -> event.path("type").asText()).toList();
    }

    @Test
    void everyCallAndEveryResultIsAnEvent() throws Exception {
        ToolResult result = tools(publisher.run(ADDRESS), add).call(new ToolRequest("c", "add", json("{'n':1}")));
        assertEquals(new ToolResult(Status.OK, "2 as c"), result);
        assertEquals(
                List.of("RUN_STARTED", "TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_END", "TOOL_CALL_RESULT"),
                types());
        assertEquals("2 as c", events().get(4).path("content").asText());
        assertEquals(List.of(Status.OK), measured);
    }

    @Test
    void whatGoesWrongIsAResultAndNothingOfAnExceptionIsTold() throws Exception {
        Tool throwing = Tool.of("throw", json("{}"), call -> {
            throw new IllegalStateException("secret");
        });
        Tool failing = Tool.of("fail", json("{}"), call -> {
            throw new ToolFailure("no such city");
        });
        Tool huge = Tool.of("huge", json("{}"), call -> "x".repeat(10 << 20));
        Tools tools = tools(publisher.run(ADDRESS), add, throwing, failing, huge);
        assertEquals(Status.TOOL_FAILED, tools.call("throw", json("{}")).status());
        assertTrue(tools.call("fail", json("{}")).content().contains("no such city"));
        assertEquals(Status.RESULT_TOO_LARGE, tools.call("huge", json("{}")).status());
        assertEquals(Status.UNKNOWN_TOOL, tools.call("nothing", json("{}")).status());
        ToolResult refused = tools.call("add", json("{'n':'one'}"));
        assertEquals(Status.INVALID_ARGUMENTS, refused.status());
        assertTrue(refused.content().contains("$.n"), refused.content());
        assertEquals(0, made.get());
        assertFalse(events().toString().contains("secret"));
        assertEquals(5, types().stream().filter("TOOL_CALL_RESULT"::equals).count());
    }

    @Test
    void aToolThatHangsIsInterruptedAndTheRunGoesOn() throws Exception {
        Tools tools = tools(publisher.run(ADDRESS), hang, add);
        assertEquals(Status.TIMEOUT, tools.call("hang", json("{}")).status());
        assertTrue(interrupted.await(10, TimeUnit.SECONDS));
        assertEquals(Status.OK, tools.call("add", json("{'n':1}")).status());
    }

    @Test
    void aCancelReachesTheToolThatIsRunning() throws Exception {
        Tool slow = hang.within(Duration.ofMinutes(1));
        Tools tools = tools(publisher.run(ADDRESS), slow);
        CompletableFuture<Boolean> stopped = Background.supply(() -> {
            try {
                cancellation.guard(() -> tools.call("hang", json("{}")));
                return false;
            } catch (Exception e) {
                return e instanceof InterruptedException;
            }
        });
        assertTrue(hanging.await(10, TimeUnit.SECONDS));
        cancellation.request();
        assertTrue(stopped.get(10, TimeUnit.SECONDS));
        assertTrue(interrupted.await(10, TimeUnit.SECONDS));
        assertFalse(types().contains("TOOL_CALL_RESULT"));
    }

    @Test
    void aRunMayCallOnlySoOften() throws Exception {
        Tools tools = tools(publisher.run(ADDRESS), add);
        for (int i = 0; i < 5; i++) {
            assertEquals(Status.OK, tools.call("add", json("{'n':1}")).status());
        }
        assertEquals(Status.CALL_LIMIT, tools.call("add", json("{'n':1}")).status());
        assertEquals(5, made.get());
    }

    @Test
    void aToolThatMustNotBeCalledTwiceIsNotBegunBeforeItsCallIsAcknowledged() throws Exception {
        MockProducer<byte[], byte[]> silent =
                new MockProducer<>(Cluster.empty(), false, null, new ByteArraySerializer(), new ByteArraySerializer());
        Publisher waiting = new Publisher(
                new PlainSink(silent),
                PublisherSettings.defaults().withPartitions(4),
                InstantSource.fixed(Instant.EPOCH),
                new SimpleMeterRegistry());
        Tools tools = tools(waiting.run(ADDRESS), add);
        FutureTask<ToolResult> call = new FutureTask<>(() -> tools.call("add", json("{'n':1}")));
        Thread caller = new Thread(call);
        caller.start();
        await().atMost(Duration.ofSeconds(10)).until(() -> caller.getState() == Thread.State.WAITING);
        assertEquals(0, made.get());
        caller.interrupt();
        ExecutionException failure = assertThrows(ExecutionException.class, () -> call.get(10, TimeUnit.SECONDS));
        assertInstanceOf(InterruptedException.class, failure.getCause());
        assertEquals(0, made.get());
    }

    private static RecordedRun recorded(String... events) {
        List<ObjectNode> all = new ArrayList<>();
        all.add(json("{'type':'RUN_STARTED','threadId':'t','runId':'r'}"));
        for (String event : events) {
            all.add(json(event));
        }
        return new RecordedRun(all, all.size() - 1, 0);
    }

    private static final String[] CALL = {
        "{'type':'TOOL_CALL_START','toolCallId':'c','toolCallName':'add'}",
        "{'type':'TOOL_CALL_ARGS','toolCallId':'c','delta':'{#n#:'}".replace("#", "\\'"),
        "{'type':'TOOL_CALL_ARGS','toolCallId':'c','delta':'1}'}",
        "{'type':'TOOL_CALL_END','toolCallId':'c'}",
        "{'type':'TOOL_CALL_RESULT','messageId':'m','toolCallId':'c','content':'recorded','role':'tool'}"
    };

    private Tools recovered(RecordedRun run, Tool... tools) throws InterruptedException {
        Tools recovered = tools(publisher.resume(ADDRESS, run), tools);
        recovered.recover(run);
        return recovered;
    }

    @Test
    void aCallWithARecordedResultIsNotMadeAgain() throws Exception {
        Tools tools = recovered(recorded(CALL), add);
        assertEquals(
                new ToolResult(Status.RECORDED, "recorded"), tools.call(new ToolRequest("c", "add", json("{'n':1}"))));
        assertEquals(0, made.get());
        assertEquals(List.of(), types());
    }

    @Test
    void aCallWithoutAResultBecomesAnErrorUnlessTheToolIsRepeatable() throws Exception {
        String[] broken = List.of(CALL).subList(0, 4).toArray(String[]::new);
        recovered(recorded(broken), add);
        assertEquals(List.of("TOOL_CALL_RESULT"), types());
        assertTrue(events().get(0).path("content").asText().contains("unknown_outcome"));
        assertEquals(0, made.get());
        recovered(recorded(broken), add.repeatable());
        assertEquals("2 as c", events().get(1).path("content").asText());
        assertEquals(1, made.get());
    }

    @Test
    void aCallThatWasNotToldToItsEndIsClosedAndNotMade() throws Exception {
        recovered(recorded(CALL[0], CALL[1]), add.repeatable());
        assertEquals(List.of("TOOL_CALL_END", "TOOL_CALL_RESULT"), types());
        assertEquals(0, made.get());
    }

    /** The input of a run that answers the question for a call of {@code add} with {@code {"n":1}}. */
    private static RunInput answered(String payload) {
        return new RunInput(
                json("{'resume':[{'interruptId':'i','status':'resolved'" + payload + "}]}"),
                List.of(json("{'id':'i','reason':'approval','toolCallId':'c',"
                        + "'metadata':{'kind':'approval','toolName':'add','input':{'n':1}}}")));
    }

    private static final RunInput YES = answered(",'payload':{'approved':true}");

    @Test
    void anApprovedCallIsMadeOnceEvenIfTheProcessDiesDuringIt() throws Exception {
        ToolRequest request = new ToolRequest("c", "add", json("{'n':1}"));
        Tools first = tools(YES, publisher.run(ADDRESS), add);
        assertEquals(Status.OK, first.callApproved(request).status());
        assertEquals(Status.OK, first.callApproved(request).status());
        assertEquals(1, made.get());
        assertEquals(List.of("RUN_STARTED", "CUSTOM", "TOOL_CALL_RESULT"), types());
        RecordedRun run = recorded("{'type':'CUSTOM','name':'heddle.tool','value':{'toolCallId':'c','tool':'add'}}");
        Tools after = tools(YES, publisher.resume(ADDRESS, run), add);
        after.recover(run);
        assertEquals(Status.UNKNOWN_OUTCOME, after.callApproved(request).status());
        assertEquals(1, made.get());
    }

    @Test
    void whatIsNoExplicitYesApprovesNothing() throws Exception {
        ToolRequest request = new ToolRequest("c", "add", json("{'n':1}"));
        for (String payload : DeclinedPayloads.ALL) {
            Tools tools = tools(answered(payload), publisher.run(ADDRESS), add);
            assertEquals(Status.DECLINED, tools.callApproved(request).status(), payload);
        }
        assertEquals(0, made.get());
    }

    @Test
    void aYesApprovesThatCallWithThoseArgumentsAlone() throws Exception {
        List<ToolRequest> others = List.of(
                new ToolRequest("c", "add", json("{'n':2}")),
                new ToolRequest("c", "add", json("{'n':1,'m':1}")),
                new ToolRequest("c", "hang", json("{'n':1}")),
                new ToolRequest("another", "add", json("{'n':1}")));
        for (ToolRequest other : others) {
            Tools tools = tools(YES, publisher.run(ADDRESS), add, hang);
            assertEquals(Status.DECLINED, tools.callApproved(other).status(), other.toString());
        }
        assertEquals(0, made.get());
        Tools tools = tools(YES, publisher.run(ADDRESS), add);
        ToolRequest same = new ToolRequest("c", "add", json("{'n':1.0}"));
        assertEquals(Status.OK, tools.callApproved(same).status(), "the same number");
    }
}
