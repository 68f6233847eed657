package dev.heddle.agents;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.config.Settings;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.EventCodec;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.Partitioning;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import dev.heddle.testing.Background;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class RunEmitterTest {

    private static final UserKey ALICE = UserKey.of("alice");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final PublisherSettings SETTINGS = Settings.with(
            PublisherSettings.defaults(),
            "bounds.eventBytes=4KiB",
            "bounds.runEvents=3",
            "bounds.runBytes=1MiB",
            "bounds.bufferBytes=1MiB");

    private final MockProducer<byte[], byte[]> acknowledging = producer(true);

    private static MockProducer<byte[], byte[]> producer(boolean completes) {
        return new MockProducer<>(
                Cluster.empty(), completes, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static RunEmitter emitter(MockProducer<byte[], byte[]> producer) {
        Publisher publisher =
                new Publisher(new PlainSink(producer), SETTINGS, InstantSource.fixed(NOW), new SimpleMeterRegistry());
        return publisher.run(new RunAddress(ALICE, "t", "r", "agent"));
    }

    private static List<AgentEvent> events(MockProducer<byte[], byte[]> producer) {
        return producer.history().stream()
                .map(record -> EventCodec.decode(ALICE, record.value()))
                .toList();
    }

    private List<String> types() {
        return events(acknowledging).stream().map(AgentEvent::type).toList();
    }

    private static ObjectNode json(String text) {
        return Json.parseObject(text.replace('\'', '"'));
    }

    @Test
    void numbersStampsAndAddressesEveryEventAndBeginsAndEndsTheRunByItself() {
        try (RunEmitter run = emitter(acknowledging)) {
            run.text("Hello");
            run.finish();
        }
        assertEquals(
                List.of(
                        "RUN_STARTED",
                        "TEXT_MESSAGE_START",
                        "TEXT_MESSAGE_CONTENT",
                        "TEXT_MESSAGE_END",
                        "RUN_FINISHED"),
                types());
        long expected = 0;
        for (AgentEvent event : events(acknowledging)) {
            assertEquals(new RunPlace("r", expected++, 0), event.envelope().run());
            assertEquals("t", event.envelope().threadId());
            assertEquals("agent", event.envelope().agentId());
            assertEquals(NOW.toEpochMilli(), event.timestamp());
        }
        for (ProducerRecord<byte[], byte[]> record : acknowledging.history()) {
            assertEquals(Partitioning.partitionOf(ALICE, SETTINGS.partitions()), record.partition());
        }
    }

    @Test
    void keepsATimestampThatTheCallerHasSetAndLeavesTheCallersObjectAlone() {
        RunEmitter run = emitter(acknowledging);
        ObjectNode event = json("{'type':'CUSTOM','name':'n','value':1}");
        run.emit(event);
        run.emit(json("{'type':'CUSTOM','name':'n','value':2,'timestamp':7}"));
        assertFalse(event.has("timestamp"));
        assertEquals(7, events(acknowledging).get(2).timestamp());
    }

    @Test
    void refusesWhatTheRulesForbidWithoutGivingItANumber() {
        RunEmitter run = emitter(acknowledging);
        run.start(new RunInput(json("{'messages':[]}")));
        assertThrows(
                InvalidEventException.class,
                () -> run.emit(json("{'type':'TEXT_MESSAGE_CONTENT','messageId':'m','delta':'x'}")));
        assertThrows(InvalidEventException.class, () -> run.start(new RunInput(json("{'messages':[]}"))));
        assertThrows(InvalidEventException.class, () -> run.emit(json("{'type':'TEXT_MESSAGE_START'}")));
        assertThrows(
                InvalidEventException.class,
                () -> run.emit(json("{'type':'RUN_FINISHED','threadId':'t','runId':'other'}")));
        run.text("still numbered well");
        run.finish();
        assertEquals(
                List.of(0L, 1L, 2L, 3L, 4L),
                events(acknowledging).stream()
                        .map(event ->
                                Objects.requireNonNull(event.envelope().run()).runSeq())
                        .toList());
    }

    @Test
    void refusesAnEventThatIsTooLargeBeforeItGetsANumber() {
        RunEmitter run = emitter(acknowledging);
        try (TextStream message = run.message()) {
            assertThrows(InvalidEventException.class, () -> message.write("x".repeat(5_000)));
            message.write("x");
        }
        run.finish();
        assertEquals(5, events(acknowledging).size());
    }

    @Test
    void refusesEverythingAfterTheEnd() {
        RunEmitter run = emitter(acknowledging);
        run.finish();
        assertThrows(RunEndedException.class, () -> run.text("late"));
        run.cancel();
        run.fail("late", "late");
        run.close();
        assertEquals(List.of("RUN_STARTED", "RUN_FINISHED"), types());
    }

    @Test
    void expandsChunksAndNeverStoresThem() {
        RunEmitter run = emitter(acknowledging);
        run.emit(json("{'type':'TEXT_MESSAGE_CHUNK','messageId':'m','delta':'a'}"));
        run.emit(json("{'type':'TEXT_MESSAGE_CHUNK','delta':'b'}"));
        run.emit(json("{'type':'TOOL_CALL_CHUNK','toolCallId':'c','toolCallName':'n','delta':'{}'}"));
        run.finish();
        assertEquals(
                List.of(
                        "RUN_STARTED",
                        "TEXT_MESSAGE_START",
                        "TEXT_MESSAGE_CONTENT",
                        "TEXT_MESSAGE_CONTENT",
                        "TEXT_MESSAGE_END",
                        "TOOL_CALL_START",
                        "TOOL_CALL_ARGS",
                        "TOOL_CALL_END",
                        "RUN_FINISHED"),
                types());
    }

    @Test
    void closesWhatIsOpenInLegalOrderWhenTheRunIsCancelled() {
        RunEmitter run = emitter(acknowledging);
        run.step("s");
        run.message();
        run.reasoning();
        run.toolCall("tool");
        run.cancel();
        List<AgentEvent> events = events(acknowledging);
        AgentEvent last = events.get(events.size() - 1);
        assertEquals("RUN_FINISHED", last.type());
        assertEquals("cancelled", last.event().path("outcome").path("type").asText());
        assertTrue(types().containsAll(List.of(
                "STEP_FINISHED", "TEXT_MESSAGE_END", "REASONING_MESSAGE_END", "REASONING_END", "TOOL_CALL_END")));
    }

    @Test
    void closingWithSomethingOpenIsAnErrorAndNotASuccess() {
        try (RunEmitter run = emitter(acknowledging)) {
            run.message();
        }
        assertEquals(List.of("RUN_STARTED", "TEXT_MESSAGE_START", "TEXT_MESSAGE_END", "RUN_ERROR"), types());
    }

    @Test
    void closingWithoutAnEndIsNoSuccess() {
        try (RunEmitter run = emitter(acknowledging)) {
            run.text("all of it?");
        }
        ObjectNode last = events(acknowledging).get(4).event();
        assertEquals("RUN_ERROR", last.path("type").asText());
        assertEquals("abandoned", last.path("code").asText());
    }

    @Test
    void anErrorInTheBodyEndsTheRunInAnErrorToo() {
        Publisher publisher = new Publisher(
                new PlainSink(acknowledging), SETTINGS, InstantSource.fixed(NOW), new SimpleMeterRegistry());
        StackOverflowError error = new StackOverflowError("secret");
        assertSame(
                error,
                assertThrows(
                        StackOverflowError.class,
                        () -> publisher.run(new RunAddress(ALICE, "t", "r", null), run -> {
                            run.text("so far");
                            throw error;
                        })));
        ObjectNode last = events(acknowledging).get(4).event();
        assertEquals("RUN_ERROR", last.path("type").asText());
        assertEquals("agent_failed", last.path("code").asText());
    }

    @Test
    void aBodyThatThrowsEndsTheRunInAnErrorThatTellsNothingOfIt() {
        Publisher publisher = new Publisher(
                new PlainSink(acknowledging), SETTINGS, InstantSource.fixed(NOW), new SimpleMeterRegistry());
        assertThrows(
                IllegalStateException.class,
                () -> publisher.run(new RunAddress(ALICE, "t", "r", null), run -> {
                    run.text("so far");
                    throw new IllegalStateException("secret");
                }));
        ObjectNode last = events(acknowledging).get(4).event();
        assertEquals("RUN_ERROR", last.path("type").asText());
        assertEquals("agent_failed", last.path("code").asText());
        assertFalse(last.toString().contains("secret"));
    }

    @Test
    void holdsItsCallerBackWhileKafkaHasNotAcknowledgedEnough() {
        MockProducer<byte[], byte[]> silent = producer(false);
        RunEmitter run = emitter(silent);
        ObjectNode event = json("{'type':'CUSTOM','name':'n','value':1}");
        run.emit(event);
        run.emit(event);
        CompletableFuture<Void> fourth = heldBack(() -> run.emit(event));
        assertEquals(3, silent.history().size());
        silent.completeNext(); // not yet half of the bound
        assertFalse(fourth.isDone());
        silent.completeNext();
        fourth.join();
        run.emit(event);
        assertEquals(5, silent.history().size());
        CompletableFuture<Void> sixth = heldBack(() -> run.emit(event));
        run.cancel();
        assertThrows(CompletionException.class, sixth::join);
    }

    /** Work that has begun, and waits. */
    private static CompletableFuture<Void> heldBack(Runnable work) {
        CompletableFuture<Thread> worker = new CompletableFuture<>();
        CompletableFuture<Void> done = Background.run(() -> {
            worker.complete(Thread.currentThread());
            work.run();
        });
        await("it waits").atMost(LIMIT).until(() -> worker.join().getState() == Thread.State.WAITING);
        return done.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void anAppendThatKafkaDoesNotAcknowledgeFailsTheEmitterForGood() {
        MockProducer<byte[], byte[]> failing = producer(false);
        RunEmitter run = emitter(failing);
        run.emit(json("{'type':'CUSTOM','name':'n','value':1}"));
        failing.errorNext(new TimeoutException("no answer"));
        PublishFailedException failure = assertThrows(PublishFailedException.class, () -> run.text("more"));
        assertEquals(PublishFailedException.Reason.UNAVAILABLE, failure.reason());
        assertThrows(PublishFailedException.class, run::finish);
        assertThrows(PublishFailedException.class, () -> {
            try (run) {
                run.text("the second failure is suppressed by the first");
            }
        });
        assertTrue(run.ended().toCompletableFuture().isCompletedExceptionally());
        assertEquals(2, failing.history().size());
    }

    /** Null, behind the back of a compiler that callers need not have. */
    private static String absent() {
        return (new String[1])[0];
    }

    @Test
    void nullIsRefusedAsAnyOtherTextThatIsNone() {
        RunEmitter run = emitter(acknowledging);
        TextStream message = run.message();
        assertThrows(InvalidEventException.class, () -> message.write(absent()));
        message.write("goes on");
        message.close();
        ToolCall call = run.toolCall("t");
        assertThrows(InvalidEventException.class, () -> call.arguments(absent()));
        call.arguments("{}");
        assertThrows(InvalidEventException.class, () -> call.result(absent()));
        call.result("done");
        assertThrows(InvalidEventException.class, () -> run.text(absent()));
        assertThrows(InvalidEventException.class, () -> run.toolCall(absent()));
        assertThrows(InvalidEventException.class, () -> run.step(absent()));
        run.finish();
        assertEquals(
                "goes on", events(acknowledging).get(2).event().path("delta").asText());
        assertEquals("RUN_FINISHED", types().get(types().size() - 1));
    }

    @Test
    void endedCompletesOnlyWhenTheLastEventIsAcknowledged() {
        MockProducer<byte[], byte[]> silent = producer(false);
        RunEmitter run = emitter(silent);
        run.finish();
        silent.completeNext();
        assertFalse(run.ended().toCompletableFuture().isDone());
        silent.completeNext();
        await().atMost(SOON).until(() -> run.ended().toCompletableFuture().isDone());
    }

    @Test
    void numbersStayGapFreeWhenManyThreadsEmit() {
        RunEmitter run = emitter(acknowledging);
        List<CompletableFuture<Void>> writers = java.util.stream.IntStream.range(0, 8)
                .mapToObj(writer -> Background.run(() -> {
                    for (int i = 0; i < 50; i++) {
                        run.text("x");
                    }
                }))
                .toList();
        writers.forEach(CompletableFuture::join);
        run.finish();
        List<AgentEvent> events = events(acknowledging);
        assertEquals(1 + 8 * 50 * 3 + 1, events.size());
        for (int i = 0; i < events.size(); i++) {
            assertEquals(new RunPlace("r", i, 0), events.get(i).envelope().run());
        }
    }
}
