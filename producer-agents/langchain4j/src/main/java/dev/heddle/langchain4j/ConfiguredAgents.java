package dev.heddle.langchain4j;

import dev.heddle.agents.AgentProvider;
import dev.heddle.agents.AgentSpec;
import dev.heddle.config.InvalidSettingException;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsSources;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.TokenStream;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The provider of the agent that is made from configuration alone, found by every executor that has this jar on its
 * class path. It offers none unless {@code HEDDLE_LANGCHAIN4J_MODEL_BASE_URL} and the variables beside it name a model.
 */
public final class ConfiguredAgents implements AgentProvider {

    /** The role whose settings these are: {@code heddle config langchain4j} prints them. */
    public static final String ROLE = "langchain4j";

    /**
     * The configured agent, or none.
     *
     * @throws InvalidSettingException that names the setting that is wrong
     */
    @Override
    public Collection<AgentSpec> agents() {
        return offered(Settings.load(
                AssistantConfig.class, AssistantConfig.defaults(), SettingsSources.of(ROLE, null, List.of())));
    }

    static Collection<AgentSpec> offered(AssistantConfig config) {
        if (!config.isOn()) {
            return List.of();
        }
        StreamingChatModel model;
        try {
            model = config.model().config().streaming();
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingException("setting model.keyFile: " + e.getMessage(), e);
        }
        AssistantConfig.Agent agent = config.agent();
        return List.of(new AgentSpec(
                agent.id(),
                agent.description(),
                () -> new AiServiceAgent(turn -> answer(turn, model, agent.instructions()), agent.patience())));
    }

    private static TokenStream answer(Turn turn, StreamingChatModel model, @Nullable String instructions) {
        AiServices<Assistant> service = AiServices.builder(Assistant.class)
                .streamingChatModel(model)
                .chatMemory(turn.memory())
                .registerListeners(ServiceListeners.all());
        if (instructions != null) {
            service.systemMessageProvider(id -> instructions);
        }
        return service.build().answer(turn.prompt(), turn.parameters());
    }
}
