package dev.heddle.langchain4j;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The agent that is on offer without a line of code: a model behind any endpoint that speaks the Chat Completions API.
 * There is none unless {@code model.baseUrl} is set.
 *
 * @param agent how it is offered
 * @param model which model answers
 */
public record AssistantConfig(Agent agent, Model model) {

    /** The defaults, which offer no agent. */
    public static AssistantConfig defaults() {
        return new AssistantConfig(
                new Agent("assistant", "Answers with a language model.", null, LangChain4jAgents.PATIENCE),
                new Model(null, null, null, ModelConfig.TIMEOUT));
    }

    /** True if there is an agent. */
    boolean isOn() {
        return model.baseUrl != null;
    }

    /**
     * The agent on offer.
     *
     * @param id by which clients start it
     * @param description a line for people
     * @param instructions what the model is told before each conversation, or null for nothing
     * @param patience how long the model may be silent before the run ends in an error
     */
    public record Agent(
            String id, String description, @Nullable String instructions, Duration patience) {
        public Agent {
            if (id.isBlank() || id.length() > 128) {
                throw new IllegalArgumentException("agent.id must have 1 to 128 characters");
            }
            if (patience.toMillis() < 100) {
                throw new IllegalArgumentException("agent.patience must be at least 100ms");
            }
        }
    }

    /**
     * The model behind the agent.
     *
     * @param baseUrl the endpoint, up to and without {@code /chat/completions}; without it there is no agent
     * @param name the model's name at the endpoint
     * @param keyFile the file that holds the endpoint's key, or null for an endpoint that wants none
     * @param timeout how long the endpoint may take to begin its answer
     */
    public record Model(
            @Nullable String baseUrl,
            @Nullable String name,
            @Nullable String keyFile,
            Duration timeout) {
        public Model {
            if (baseUrl != null) {
                if (name == null) {
                    throw new IllegalArgumentException("model.name must be set with model.baseUrl");
                }
                ModelConfig checked = new ModelConfig(baseUrl, name, keyFile, timeout);
                baseUrl = checked.baseUrl();
            }
        }

        ModelConfig config() {
            if (baseUrl == null || name == null) {
                throw new IllegalStateException("no model is configured");
            }
            return new ModelConfig(baseUrl, name, keyFile, timeout);
        }
    }
}
