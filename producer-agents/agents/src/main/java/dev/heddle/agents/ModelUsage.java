package dev.heddle.agents;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that a run has used of one model: AG-UI's TokenUsage.
 *
 * @param provider who serves the model, if that is known
 * @param model the model's name as its provider gives it, if that is known
 * @param tokens how many
 */
public record ModelUsage(
        @Nullable String provider, @Nullable String model, Tokens tokens) {

    /**
     * Counts of tokens, none negative.
     *
     * @param input of the prompt, the cached ones included
     * @param output of the answer, the reasoning included
     * @param reasoning of {@code output}, for reasoning
     * @param cachedInput of {@code input}, from the provider's cache
     */
    public record Tokens(long input, long output, long reasoning, long cachedInput) {
        /** Zero tokens. */
        public static final Tokens NONE = new Tokens(0, 0, 0, 0);

        public Tokens {
            if (input < 0 || output < 0 || reasoning < 0 || cachedInput < 0) {
                throw new IllegalArgumentException("a count of tokens must not be negative");
            }
        }

        public static Tokens of(long input, long output) {
            return new Tokens(input, output, 0, 0);
        }

        public Tokens plus(Tokens more) {
            return new Tokens(
                    input + more.input,
                    output + more.output,
                    reasoning + more.reasoning,
                    cachedInput + more.cachedInput);
        }
    }

    /** The JSON form in an event; details that are 0 are left out. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (provider != null) {
            json.put("provider", provider);
        }
        if (model != null) {
            json.put("model", model);
        }
        json.put("inputTokens", tokens.input())
                .put("outputTokens", tokens.output())
                .put("totalTokens", tokens.input() + tokens.output());
        if (tokens.reasoning() > 0) {
            json.put("reasoningTokens", tokens.reasoning());
        }
        if (tokens.cachedInput() > 0) {
            json.put("cachedInputTokens", tokens.cachedInput());
        }
        return json;
    }
}
