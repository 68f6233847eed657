package dev.heddle.langchain4j;

import static dev.heddle.langchain4j.Rig.asking;
import static dev.heddle.langchain4j.Rig.joined;
import static dev.heddle.langchain4j.Rig.last;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.AgentSpec;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.PageCode;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agentic.Agent;
import dev.langchain4j.agentic.AgenticServices;
import dev.langchain4j.agentic.UntypedAgent;
import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.V;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs the code of {@code docs/langchain4j.md}, and sees that the page shows the code that is run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageTest {

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

    @Test
    void thePageShowsWhatIsRunHere() {
        PageCode.of("langchain4j.md")
                .requireFrom("producer-agents/langchain4j/src/test/java/dev/heddle/langchain4j/PageTest.java");
    }

    interface Weatherman {
        TokenStream answer(@UserMessage String question, InvocationParameters parameters);
    }

    static final class Sky {
        @Tool("the weather of a city")
        String weather(String city, InvocationParameters parameters) {
            return "sunny in " + city + " for " + Turn.of(parameters).context().user();
        }

        @Tool("books a flight")
        String book(String flight, InvocationParameters parameters) {
            Question question = Question.approval("book:" + flight, "Shall I book " + flight + "?");
            return Turn.of(parameters).ask(question).isApproved() ? "booked" : "not booked";
        }
    }

    @Test
    void anAiService() throws Exception {
        StreamingChatModel model = rig.model;
        AgentSpec weatherman = LangChain4jAgents.aiService(
                "weatherman", "Knows the weather.", turn -> AiServices.builder(Weatherman.class)
                        .streamingChatModel(model)
                        .chatMemory(turn.memory())
                        .tools(new Sky())
                        .registerListeners(ServiceListeners.all())
                        .build()
                        .answer(turn.prompt(), turn.parameters()));
        rig.server.answerWith((request, answer) -> {
            String said = request.path("messages").path(2).path("content").asText();
            if (said.isEmpty()) {
                answer.call(0, "c", "weather")
                        .arguments(0, "{\"city\":\"Oslo\"}")
                        .done("tool_calls");
            } else {
                answer.text(said).done("stop");
            }
        });
        List<ObjectNode> events = rig.run(weatherman.factory().get(), asking("Weather?"));
        assertEquals("sunny in Oslo for alice", joined(events, "TEXT_MESSAGE_CONTENT"));
        rig.server.answerWith((request, answer) -> answer.call(0, "c", "book")
                .arguments(0, "{\"flight\":\"XY 1\"}")
                .done("tool_calls"));
        ObjectNode end = last(rig.run(weatherman.factory().get(), asking("Book it")));
        assertEquals(
                "book:XY 1",
                end.path("outcome").path("interrupts").path(0).path("id").asText());
    }

    public interface Teller {
        @UserMessage("Tell about {{topic}}")
        @Agent(description = "Tells", outputKey = "story")
        String tell(@V("topic") String topic);
    }

    @Test
    void anAgenticSystem() throws Exception {
        Teller teller = AgenticServices.agentBuilder(Teller.class)
                .chatModel(OpenAiChatModel.builder()
                        .baseUrl(rig.server.baseUrl())
                        .modelName("m")
                        .build())
                .build();
        UntypedAgent system = AgenticServices.sequenceBuilder()
                .subAgents(teller)
                .outputKey("story")
                .listener(new SubagentListener())
                .build();
        AgentSpec story = LangChain4jAgents.agentic(
                "story", "Tells a story.", turn -> system.invoke(turn.inputs(Map.of("topic", turn.prompt()))));
        rig.server.answerWith((request, answer) -> answer.whole("Once upon a time"));
        List<ObjectNode> events = rig.run(story.factory().get(), asking("the sea"));
        assertEquals("Once upon a time", joined(events, "TEXT_MESSAGE_CONTENT"));
    }
}
