package dev.heddle.langchain4j;

import dev.heddle.agents.AgentSpec;
import dev.langchain4j.service.TokenStream;
import java.time.Duration;
import java.util.function.Function;

/**
 * The factory of agents from LangChain4j's AI services and agentic systems.
 *
 * <pre>{@code
 * interface Assistant {
 *     TokenStream answer(@UserMessage String question, InvocationParameters parameters);
 * }
 *
 * AgentSpec assistant = LangChain4jAgents.aiService("assistant", "Answers questions.", turn ->
 *         AiServices.builder(Assistant.class)
 *                 .streamingChatModel(model)
 *                 .chatMemory(turn.memory())
 *                 .tools(new Weather())
 *                 .registerListeners(ServiceListeners.all())
 *                 .build()
 *                 .answer(turn.prompt(), turn.parameters()));
 * }</pre>
 */
public final class LangChain4jAgents {

    /** The default of the longest silence of a model before its run fails. */
    public static final Duration PATIENCE = Duration.ofMinutes(2);

    private LangChain4jAgents() {}

    /**
     * An AI service as an agent.
     *
     * @param service called once a run, on the run's thread; gives a stream that has not been started
     */
    public static AgentSpec aiService(String id, String description, Function<Turn, TokenStream> service) {
        return new AgentSpec(id, description, () -> new AiServiceAgent(service, PATIENCE));
    }

    /**
     * An agentic system as an agent. The system has a {@link SubagentListener} and is invoked with {@link Turn#inputs}.
     *
     * @param system called once a run, on the run's thread; gives the system's result: a text, a token stream that has
     *     not been started, or any other value that JSON can hold
     */
    public static AgentSpec agentic(String id, String description, Function<Turn, Object> system) {
        return new AgentSpec(id, description, () -> new AgenticAgent(system, PATIENCE));
    }
}
