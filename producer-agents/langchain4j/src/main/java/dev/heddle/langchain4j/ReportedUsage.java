package dev.heddle.langchain4j;

import dev.heddle.agents.ModelUsage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.TokenUsage;
import org.jspecify.annotations.Nullable;

/** LangChain4j's token usage as AG-UI's. Providers leave counts out; an absent one counts as 0. */
final class ReportedUsage {

    private ReportedUsage() {}

    /** The usage that this response reports. */
    static ModelUsage.Tokens rounds(ChatResponse response) {
        TokenUsage usage =
                response.metadata() == null ? null : response.metadata().tokenUsage();
        if (usage == null) {
            return ModelUsage.Tokens.NONE;
        }
        long reasoning = 0;
        long cached = 0;
        if (usage instanceof OpenAiTokenUsage detailed) {
            reasoning = detailed.outputTokensDetails() == null
                    ? 0
                    : count(detailed.outputTokensDetails().reasoningTokens());
            cached = detailed.inputTokensDetails() == null
                    ? 0
                    : count(detailed.inputTokensDetails().cachedTokens());
        }
        return new ModelUsage.Tokens(
                count(usage.inputTokenCount()), count(usage.outputTokenCount()), reasoning, cached);
    }

    /** The usage that this response, whose counts are sums, reports beyond the counted one. */
    static ModelUsage.Tokens beyond(ChatResponse response, ModelUsage.Tokens counted) {
        ModelUsage.Tokens sum = rounds(response);
        return new ModelUsage.Tokens(
                Math.max(0, sum.input() - counted.input()),
                Math.max(0, sum.output() - counted.output()),
                Math.max(0, sum.reasoning() - counted.reasoning()),
                Math.max(0, sum.cachedInput() - counted.cachedInput()));
    }

    static ModelUsage of(ChatResponse response, ModelUsage.Tokens tokens) {
        String model = response.metadata() == null ? null : response.metadata().modelName();
        return new ModelUsage(null, model, tokens);
    }

    private static long count(@Nullable Integer tokens) {
        return tokens == null ? 0 : Math.max(0, tokens);
    }
}
