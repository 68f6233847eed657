package dev.heddle.langchain4j;

import static dev.heddle.langchain4j.Rig.asking;
import static dev.heddle.langchain4j.Rig.joined;
import static dev.heddle.langchain4j.Rig.last;
import static dev.heddle.langchain4j.Rig.ofType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.RunEndedException;
import dev.heddle.testing.Background;
import dev.heddle.testing.KafkaFixture;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.service.AiServices;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a run whose model fails, breaks off, falls silent, or is no longer wanted. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModelFailureTest {

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final Duration SOON = Duration.ofSeconds(20);

    private final AtomicInteger executed = new AtomicInteger();
    private final CountDownLatch hanging = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private Rig rig;

    @BeforeAll
    void start() {
        rig = new Rig(KAFKA);
    }

    @AfterAll
    void stop() {
        rig.close();
    }

    /** Tools that show whether they were executed. */
    final class Tools {
        @Tool("counts")
        String count() {
            return "call " + executed.incrementAndGet();
        }

        @Tool("hangs")
        String hang() throws InterruptedException {
            hanging.countDown();
            try {
                new CountDownLatch(1).await();
                return "never";
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        }
    }

    private AiServiceAgent agent(StreamingChatModel model, Duration patience) {
        return new AiServiceAgent(
                turn -> AiServices.builder(Assistant.class)
                        .streamingChatModel(model)
                        .tools(new Tools())
                        .build()
                        .answer(turn.prompt(), turn.parameters()),
                patience);
    }

    private List<ObjectNode> events() throws Exception {
        return rig.run(agent(rig.model, SOON), asking("Hi"));
    }

    private static void assertFailed(String code, List<ObjectNode> events) {
        assertEquals("RUN_ERROR", last(events).path("type").asText(), events.toString());
        assertEquals(code, last(events).path("code").asText(), events.toString());
        assertFalse(events.toString().contains("secret"), "nothing of the provider's words is shown");
    }

    /** What tells an agent that its run is over. */
    private void assertTold(Rig.Run run) {
        Exception told = assertThrows(Exception.class, () -> run.work(agent(rig.model, SOON)));
        assertTrue(told instanceof RunEndedException || told instanceof InterruptedException, told.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "400,model_refused",
        "401,model_misconfigured",
        "404,model_misconfigured",
        "429,model_rate_limited",
        "500,model_unavailable",
        "503,model_unavailable"
    })
    void aRefusalEndsTheRunWithItsCode(int status, String code) throws Exception {
        rig.server.answerWith((request, answer) -> answer.refuse(status, "secret of the provider"));
        assertFailed(code, events());
    }

    @Test
    void aConnectionCutInTheMiddleOfATextEndsTheRunInAnError() throws Exception {
        rig.server.answerWith((request, answer) -> {
            answer.text("half a sen");
            throw new ChatCompletionsServer.CutException();
        });
        List<ObjectNode> events = events();
        assertEquals("half a sen", joined(events, "TEXT_MESSAGE_CONTENT"));
        assertFailed("model_unavailable", events);
    }

    @Test
    void aStreamThatEndsWithoutAReasonToFinishIsNoSuccess() throws Exception {
        rig.server.answerWith((request, answer) -> answer.text("half a sen"));
        assertFailed("model_truncated", events());
    }

    @Test
    void anAnswerThatTheProvidersFilterHasCutIsNoSuccess() throws Exception {
        rig.server.answerWith((request, answer) -> answer.text("half a sen").done("content_filter"));
        List<ObjectNode> events = events();
        assertFailed("model_refused", events);
        assertEquals("half a sen", joined(events, "TEXT_MESSAGE_CONTENT"));
        assertEquals(15, last(events).path("usage").path(0).path("totalTokens").asInt(), "it was paid for");
    }

    @Test
    void anErrorInTheMiddleOfTheStreamIsNoSuccess() throws Exception {
        rig.server.answerWith(
                (request, answer) -> answer.text("half").send("{\"error\":{\"message\":\"secret overload\"}}"));
        assertFailed("model_truncated", events());
    }

    @Test
    void aToolCallAtTheCutEndOfAStreamIsNotExecuted() throws Exception {
        int before = executed.get();
        rig.server.answerWith((request, answer) -> answer.call(0, "c", "count").arguments(0, "{}"));
        List<ObjectNode> events = events();
        assertFailed("model_truncated", events);
        assertEquals(before, executed.get());
        assertEquals(List.of(), ofType(events, "TOOL_CALL_RESULT"));
    }

    @Test
    void aModelThatCannotBeReachedEndsTheRunInAnError() throws Exception {
        ModelConfig nowhere = new ModelConfig("http://127.0.0.1:9/v1", "m", null, Duration.ofSeconds(5));
        assertFailed("model_unavailable", rig.run(agent(nowhere.streaming(), SOON), asking("Hi")));
    }

    @Test
    void aSlowStreamIsWaitedForButASilentOneEndsTheRun() throws Exception {
        rig.server.answerWith((request, answer) -> {
            for (int i = 0; i < 5; i++) {
                answer.text(".").pause(300);
            }
            answer.done("stop");
        });
        Duration patience = Duration.ofMillis(1_200);
        List<ObjectNode> slow = rig.run(agent(rig.model, patience), asking("Hi"));
        assertEquals(".....", joined(slow, "TEXT_MESSAGE_CONTENT"));
        assertEquals("RUN_FINISHED", last(slow).path("type").asText());

        rig.server.answerWith((request, answer) -> answer.text("and then").pause(10_000));
        assertFailed("model_timeout", rig.run(agent(rig.model, patience), asking("Hi")));
    }

    @Test
    void aCancelledRunCutsTheModelsStream() throws Exception {
        CompletableFuture<Boolean> gone = new CompletableFuture<>();
        rig.server.answerWith((request, answer) -> gone.complete(answer.writesUntilTheClientIsGone(20)));
        Rig.Run run = rig.run(Rig.ALICE, asking("Hi"));
        CompletableFuture<Void> work = Background.run(() -> assertTold(run));
        await("the first text").atMost(SOON).until(run.out::hasBegun);
        run.cancel();
        work.get(20, TimeUnit.SECONDS);
        assertEquals(
                "cancelled", last(run.events()).path("outcome").path("type").asText());
        assertTrue(gone.get(20, TimeUnit.SECONDS), "the model still streams");
    }

    @Test
    void aCancelReachesAToolThatHangs() throws Exception {
        rig.server.answerWith((request, answer) ->
                answer.call(0, "c", "hang").arguments(0, "{}").done("tool_calls"));
        int asked = rig.server.requests().size();
        Rig.Run run = rig.run(Rig.ALICE, asking("Hi"));
        CompletableFuture<Void> work = Background.run(() -> assertTold(run));
        assertTrue(hanging.await(20, TimeUnit.SECONDS));
        run.cancel();
        work.get(20, TimeUnit.SECONDS);
        assertTrue(interrupted.await(20, TimeUnit.SECONDS));
        assertEquals(
                "cancelled", last(run.events()).path("outcome").path("type").asText());
        assertEquals(asked + 1, rig.server.requests().size(), "the model is not asked to go on");
    }
}
