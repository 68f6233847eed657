package dev.heddle.langchain4j;

import static dev.heddle.langchain4j.Rig.asking;
import static dev.heddle.langchain4j.Rig.joined;
import static dev.heddle.langchain4j.Rig.last;
import static dev.heddle.langchain4j.Rig.ofType;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.UserKey;
import dev.heddle.testing.KafkaFixture;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agentic.Agent;
import dev.langchain4j.agentic.AgenticServices;
import dev.langchain4j.agentic.UntypedAgent;
import dev.langchain4j.agentic.internal.PendingResponse;
import dev.langchain4j.agentic.workflow.HumanInTheLoop;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.V;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an agentic system becomes in the log. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AgenticAgentTest {

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

    /** An agent in the middle, whose model answers all at once. */
    public interface Outliner {
        @UserMessage("Outline {{topic}}")
        @Agent(description = "Makes an outline", outputKey = "outline")
        String outline(@V("topic") String topic);
    }

    private Outliner outliner() {
        return AgenticServices.agentBuilder(Outliner.class)
                .chatModel(OpenAiChatModel.builder()
                        .baseUrl(rig.server.baseUrl())
                        .modelName("small-model")
                        .maxRetries(0)
                        .build())
                .build();
    }

    /** What such a model answers. */
    private static void outline(ObjectNode request, ChatCompletionsServer.Answering answer) throws IOException {
        String asked = request.path("messages").path(0).path("content").asText();
        answer.whole(asked.replace("Outline ", "outline of "));
    }

    /** The last agent, which streams. */
    public interface Writer {
        @UserMessage("Write about {{outline}}")
        @Agent(description = "Writes", outputKey = "story")
        TokenStream write(@V("outline") String outline);
    }

    public interface Story {
        @Agent
        TokenStream tell(@V("topic") String topic, @V(Turn.KEY) Object parameters);
    }

    public static final class Library {
        @Tool("looks something up")
        public String look(String what) {
            return what + " found";
        }
    }

    private Writer writer() {
        return AgenticServices.agentBuilder(Writer.class)
                .streamingChatModel(rig.model)
                .tools(new Library())
                .build();
    }

    @Test
    void agentsAreSubagentsAndTheLastOnesStreamIsTheRunsMessage() throws Exception {
        rig.server.answerWith((request, answer) -> {
            if (!request.path("stream").asBoolean()) {
                outline(request, answer);
            } else if (request.path("messages").size() == 1) {
                answer.call(0, "c", "look").arguments(0, "{\"what\":\"tide\"}").done("tool_calls");
            } else {
                answer.text("Once ").text("upon").done("stop");
            }
        });
        Story story = AgenticServices.sequenceBuilder(Story.class)
                .subAgents(outliner(), writer())
                .outputKey("story")
                .listener(new SubagentListener())
                .build();
        AgenticAgent agent =
                new AgenticAgent(turn -> story.tell(turn.prompt(), turn.parameters()), LangChain4jAgents.PATIENCE);
        List<ObjectNode> events = rig.run(agent, asking("the sea"));
        assertEquals("Once upon", joined(events, "TEXT_MESSAGE_CONTENT"), events.toString());
        assertEquals(2, ofType(events, "SUBAGENT_STARTED").size(), events.toString());
        assertEquals(
                "outline of the sea",
                ofType(events, "SUBAGENT_FINISHED").get(0).path("result").asText());
        assertEquals(1, ofType(events, "TOOL_CALL_START").size(), "told once, by the listener");
        assertEquals(
                ofType(events, "SUBAGENT_STARTED").get(1).path("subagentRunId"),
                ofType(events, "TOOL_CALL_START").get(0).path("subagentRunId"));
        assertEquals(
                "tide found",
                ofType(events, "TOOL_CALL_RESULT").get(0).path("content").asText());
        assertEquals("RUN_FINISHED", last(events).path("type").asText());
        assertTrue(last(events).path("usage").path(0).path("inputTokens").asInt() >= 10, events.toString());
    }

    @Test
    void aSystemThatAllRunsShareTellsEachRunOnlyOfItsOwn() throws Exception {
        rig.server.answerWith(AgenticAgentTest::outline);
        UntypedAgent shared = AgenticServices.sequenceBuilder()
                .subAgents(outliner())
                .outputKey("outline")
                .listener(new SubagentListener())
                .build();
        AgenticAgent agent = new AgenticAgent(
                turn -> shared.invoke(
                        turn.inputs(Map.of("topic", turn.context().user().value()))),
                LangChain4jAgents.PATIENCE);
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Future<Rig.Run>> runs = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                Rig.Run run = rig.run(UserKey.of("agentic-" + i), asking("Go"));
                runs.add(threads.submit(() -> {
                    run.work(agent);
                    return run;
                }));
            }
            for (Future<Rig.Run> each : runs) {
                Rig.Run run = each.get();
                List<ObjectNode> events = run.events();
                String own = "outline of " + run.address.user().value();
                assertEquals(own, joined(events, "TEXT_MESSAGE_CONTENT"));
                assertEquals(1, ofType(events, "SUBAGENT_FINISHED").size());
                assertEquals(
                        own,
                        ofType(events, "SUBAGENT_FINISHED")
                                .get(0)
                                .path("result")
                                .asText());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anAgentThatFailsIsToldOfAndFailsTheRun() throws Exception {
        rig.server.answerWith((request, answer) -> answer.refuse(500, "secret of the provider"));
        UntypedAgent failing = AgenticServices.sequenceBuilder()
                .subAgents(outliner())
                .outputKey("outline")
                .listener(new SubagentListener())
                .build();
        AgenticAgent agent =
                new AgenticAgent(turn -> failing.invoke(turn.inputs(Map.of("topic", "x"))), LangChain4jAgents.PATIENCE);
        List<ObjectNode> events = rig.run(agent, asking("Go"));
        assertEquals(
                "model_unavailable",
                ofType(events, "SUBAGENT_ERROR").get(0).path("code").asText());
        assertEquals("model_unavailable", last(events).path("code").asText());
        assertTrue(!events.toString().contains("secret"), events.toString());
    }

    private static ObjectNode answered(ObjectNode input) {
        ObjectNode resumed = input.deepCopy();
        resumed.putArray("resume")
                .addObject()
                .put("interruptId", "title")
                .put("status", "resolved")
                .put("payload", "Tides");
        return resumed;
    }

    private void assertSuspendsAndGoesOn(HumanInTheLoop human) throws Exception {
        UntypedAgent system = AgenticServices.sequenceBuilder()
                .subAgents(human, new Titled())
                .outputKey("book")
                .listener(new SubagentListener())
                .build();
        AgenticAgent agent = new AgenticAgent(turn -> system.invoke(turn.inputs(Map.of())), LangChain4jAgents.PATIENCE);
        ObjectNode question = asking("Write a book");
        List<ObjectNode> events = rig.run(agent, question);
        assertEquals("interrupt", last(events).path("outcome").path("type").asText(), events.toString());
        assertEquals(
                "title",
                last(events)
                        .path("outcome")
                        .path("interrupts")
                        .path(0)
                        .path("id")
                        .asText());
        assertEquals(
                "{\"type\":\"suspended\",\"interruptIds\":[\"title\"]}",
                ofType(events, "SUBAGENT_FINISHED").get(0).path("outcome").toString());

        List<ObjectNode> resumed = rig.run(agent, answered(question));
        assertEquals("The book Tides", joined(resumed, "TEXT_MESSAGE_CONTENT"), resumed.toString());
    }

    public static final class Titled {
        @Agent(description = "Binds the book", outputKey = "book")
        public String bind(@V("title") String title) {
            return "The book " + title;
        }
    }

    @Test
    void aPersonInTheLoopSuspendsTheRun() throws Exception {
        assertSuspendsAndGoesOn(AgenticServices.humanInTheLoopBuilder()
                .description("Asks for a title")
                .outputKey("title")
                .listener(new SubagentListener())
                .responseProvider(scope -> {
                    ModelAnswer answer = Turn.of(scope).ask(new Question("title", "input", "Which title?", null));
                    return answer instanceof ModelAnswer.Resolved resolved
                            ? resolved.payload().asText()
                            : "Untitled";
                })
                .build());
    }

    @Test
    void aPendingResponseSuspendsTheRun() throws Exception {
        assertSuspendsAndGoesOn(AgenticServices.humanInTheLoopBuilder()
                .description("Which title?")
                .outputKey("title")
                .listener(new SubagentListener())
                .responseProvider(
                        scope -> scope.hasState("title") ? scope.readState("title") : new PendingResponse<>("title"))
                .build());
    }
}
