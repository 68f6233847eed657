package dev.heddle.langchain4j;

import static dev.heddle.langchain4j.Rig.asking;
import static dev.heddle.langchain4j.Rig.joined;
import static dev.heddle.langchain4j.Rig.last;
import static dev.heddle.langchain4j.Rig.ofType;
import static dev.heddle.langchain4j.Rig.types;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.UserKey;
import dev.heddle.testing.KafkaFixture;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.TokenStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What an AI service's token stream becomes in the log. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AiServiceAgentTest {

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private Rig rig;

    @BeforeAll
    void start() {
        rig = new Rig(KAFKA);
    }

    @AfterAll
    void stop() {
        rig.close();
    }

    /** Tools that a model calls. */
    static final class Tools {
        @Tool("the weather of a city")
        String weather(String city, InvocationParameters parameters) {
            return city + ": sunny for " + Turn.of(parameters).context().user().value();
        }

        @Tool("always fails")
        String broken() {
            return Objects.requireNonNull(System.getProperty("no such property"), "out of order");
        }

        @Tool("returns very much")
        String endless() {
            return "x".repeat(10 << 20);
        }
    }

    private Function<Turn, TokenStream> service(Object tools) {
        return turn -> AiServices.builder(Assistant.class)
                .streamingChatModel(rig.model)
                .chatMemory(turn.memory())
                .tools(tools)
                .registerListeners(ServiceListeners.all())
                .build()
                .answer(turn.prompt(), turn.parameters());
    }

    private AiServiceAgent agent() {
        return new AiServiceAgent(service(new Tools()), LangChain4jAgents.PATIENCE);
    }

    @Test
    void textBecomesOneMessageInAStepAndTheUsageStandsAtTheEnd() throws Exception {
        rig.server.answerWith((request, answer) -> answer.text("Hel").text("lo").done("stop"));
        List<ObjectNode> events = rig.run(agent(), asking("Greet me"));
        assertEquals(
                List.of(
                        "RUN_STARTED",
                        "STEP_STARTED",
                        "TEXT_MESSAGE_START",
                        "TEXT_MESSAGE_CONTENT",
                        "TEXT_MESSAGE_CONTENT",
                        "TEXT_MESSAGE_END",
                        "STEP_FINISHED",
                        "RUN_FINISHED"),
                types(events));
        assertEquals("Hello", joined(events, "TEXT_MESSAGE_CONTENT"));
        assertEquals(
                "[{\"model\":\"test-model\",\"inputTokens\":10,\"outputTokens\":5,\"totalTokens\":15,\"reasoningTokens\":2,\"cachedInputTokens\":4}]",
                last(events).path("usage").toString());
    }

    @Test
    void reasoningIsClosedBeforeTheText() throws Exception {
        rig.server.answerWith((request, answer) ->
                answer.thinking("Let me ").thinking("think.").text("42").done("stop"));
        List<ObjectNode> events = rig.run(agent(), asking("What is it?"));
        assertEquals(
                List.of(
                        "REASONING_START",
                        "REASONING_MESSAGE_START",
                        "REASONING_MESSAGE_CONTENT",
                        "REASONING_MESSAGE_CONTENT",
                        "REASONING_MESSAGE_END",
                        "REASONING_END",
                        "TEXT_MESSAGE_START"),
                types(events).subList(2, 9));
        assertEquals("Let me think.", joined(events, "REASONING_MESSAGE_CONTENT"));
    }

    @Test
    void toolCallsAreStreamedAndExecutedAndTheModelGoesOnWithTheirResults() throws Exception {
        rig.server.answerWith((request, answer) -> {
            if (request.path("messages").size() == 1) {
                answer.text("I look. ")
                        .call(0, "call_1", "weather")
                        .arguments(0, "{\"city\":")
                        .arguments(0, "\"Oslo\"}")
                        .call(1, "call_2", "weather")
                        .arguments(1, "{\"city\":\"Rome\"}")
                        .done("tool_calls");
            } else {
                answer.text("Both sunny.").done("stop");
            }
        });
        List<ObjectNode> events = rig.run(agent(), asking("Weather in Oslo and Rome?"));
        assertEquals(
                List.of("call_1", "call_2"),
                ofType(events, "TOOL_CALL_START").stream()
                        .map(start -> start.path("toolCallId").asText())
                        .toList());
        assertEquals("{\"city\":\"Oslo\"}{\"city\":\"Rome\"}", joined(events, "TOOL_CALL_ARGS"));
        assertEquals(3, ofType(events, "TOOL_CALL_ARGS").size(), "the arguments come as the model streams them");
        List<ObjectNode> results = ofType(events, "TOOL_CALL_RESULT");
        assertEquals("Oslo: sunny for alice", results.get(0).path("content").asText());
        assertEquals("call_2", results.get(1).path("toolCallId").asText());
        assertEquals(
                ofType(events, "TEXT_MESSAGE_START").get(0).path("messageId"),
                ofType(events, "TOOL_CALL_START").get(0).path("parentMessageId"));
        assertEquals("I look. Both sunny.", joined(events, "TEXT_MESSAGE_CONTENT"));
        assertEquals(2, ofType(events, "STEP_STARTED").size());
        assertEquals(
                20, last(events).path("usage").path(0).path("inputTokens").asInt(), "both rounds are counted once");
    }

    @Test
    void aProviderThatUsesAnIdAgainOrGivesNoneStillHasCallsOfItsOwn() throws Exception {
        rig.server.answerWith((request, answer) -> {
            switch (request.path("messages").size()) {
                case 1 ->
                    answer.call(0, "call_0", "weather")
                            .arguments(0, "{\"city\":\"Oslo\"}")
                            .done("tool_calls");
                case 3 ->
                    answer.call(0, "call_0", "weather")
                            .arguments(0, "{\"city\":\"Rome\"}")
                            .done("tool_calls");
                case 5 ->
                    answer.call(0, "", "weather")
                            .arguments(0, "{\"city\":\"Bonn\"}")
                            .done("tool_calls");
                default -> answer.text("Done.").done("stop");
            }
        });
        List<ObjectNode> events = rig.run(agent(), asking("Weather?"));
        Set<String> ids = new HashSet<>();
        ofType(events, "TOOL_CALL_START")
                .forEach(start -> ids.add(start.path("toolCallId").asText()));
        assertEquals(3, ids.size(), events.toString());
        List<ObjectNode> results = ofType(events, "TOOL_CALL_RESULT");
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    ofType(events, "TOOL_CALL_START").get(i).path("toolCallId"),
                    results.get(i).path("toolCallId"),
                    "each result belongs to its call");
        }
    }

    @Test
    void aToolThatFailsOrReturnsTooMuchOrDoesNotExistHasAResultAndTheRunGoesOn() throws Exception {
        rig.server.answerWith((request, answer) -> {
            if (request.path("messages").size() == 1) {
                answer.call(0, "a", "broken")
                        .arguments(0, "{}")
                        .call(1, "b", "endless")
                        .arguments(1, "{}")
                        .done("tool_calls");
            } else {
                answer.text("Never mind.").done("stop");
            }
        });
        List<ObjectNode> events = rig.run(agent(), asking("Try"));
        List<ObjectNode> results = ofType(events, "TOOL_CALL_RESULT");
        assertEquals("out of order", results.get(0).path("content").asText());
        assertEquals(
                "{\"error\":\"result_not_shown\",\"characters\":10485760}",
                results.get(1).path("content").asText());
        assertEquals("Never mind.", joined(events, "TEXT_MESSAGE_CONTENT"));
        assertEquals("RUN_FINISHED", last(events).path("type").asText());
    }

    @Test
    void toolsMayRunSideBySide() throws Exception {
        rig.server.answerWith((request, answer) -> {
            if (request.path("messages").size() == 1) {
                for (int i = 0; i < 8; i++) {
                    answer.call(i, "c" + i, "weather").arguments(i, "{\"city\":\"City" + i + "\"}");
                }
                answer.done("tool_calls");
            } else {
                answer.text("All.").done("stop");
            }
        });
        AiServiceAgent concurrent = new AiServiceAgent(
                turn -> AiServices.builder(Assistant.class)
                        .streamingChatModel(rig.model)
                        .chatMemory(turn.memory())
                        .tools(new Tools())
                        .executeToolsConcurrently()
                        .build()
                        .answer(turn.prompt(), turn.parameters()),
                LangChain4jAgents.PATIENCE);
        List<ObjectNode> events = rig.run(concurrent, asking("Weather everywhere?"));
        assertEquals(8, ofType(events, "TOOL_CALL_START").size());
        for (ObjectNode result : ofType(events, "TOOL_CALL_RESULT")) {
            String number = result.path("toolCallId").asText().substring(1);
            assertTrue(result.path("content").asText().startsWith("City" + number + ":"), events.toString());
        }
    }

    @Test
    void twoHundredRunsAtOnceEachKeepToTheirUser() throws Exception {
        rig.server.answerWith((request, answer) -> {
            if (request.path("messages").size() == 1) {
                answer.call(0, "call", "weather")
                        .arguments(0, "{\"city\":\"Oslo\"}")
                        .done("tool_calls");
            } else {
                answer.text(request.path("messages").path(2).path("content").asText())
                        .done("stop");
            }
        });
        AiServiceAgent shared = agent();
        ExecutorService threads = Executors.newFixedThreadPool(20);
        try {
            List<Future<Rig.Run>> runs = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Rig.Run run = rig.run(UserKey.of("user-" + i), asking("Weather?"));
                runs.add(threads.submit(() -> {
                    run.work(shared);
                    return run;
                }));
            }
            for (Future<Rig.Run> each : runs) {
                Rig.Run run = each.get();
                assertEquals(
                        "Oslo: sunny for " + run.address.user().value(), joined(run.events(), "TEXT_MESSAGE_CONTENT"));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void theKeyComesFromItsFile(@TempDir Path directory) throws Exception {
        Path key = directory.resolve("key");
        Files.writeString(key, "sk-test\n");
        rig.server.answerWith((request, answer) -> answer.text("ok").done("stop"));
        var model = new ModelConfig(rig.server.baseUrl(), "m", key.toString(), ModelConfig.TIMEOUT).streaming();
        AiServiceAgent keyed = new AiServiceAgent(
                turn -> AiServices.create(Assistant.class, model).answer(turn.prompt(), turn.parameters()),
                LangChain4jAgents.PATIENCE);
        rig.run(keyed, asking("Hi"));
        List<String> all = rig.server.authorizations();
        assertEquals("Bearer sk-test", all.get(all.size() - 1));
    }
}
