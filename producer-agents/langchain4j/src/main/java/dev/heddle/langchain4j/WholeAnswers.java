package dev.heddle.langchain4j;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model wrapper whose answers are whole or failed: a stream that ends without a reason to finish is an error, where
 * LangChain4j treats it as success, and a tool call at its cut end is never executed.
 *
 * <p>For providers that always tell the reason, as the Chat Completions API does ({@code finish_reason}).
 */
public final class WholeAnswers implements StreamingChatModel {

    private final StreamingChatModel model;

    public WholeAnswers(StreamingChatModel model) {
        this.model = model;
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        model.doChat(request, new Checking(handler));
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return model.defaultRequestParameters();
    }

    @Override
    public List<ChatModelListener> listeners() {
        return model.listeners();
    }

    @Override
    public ModelProvider provider() {
        return model.provider();
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return model.supportedCapabilities();
    }

    /**
     * A handler that passes each callback on, a complete tool call one callback later: only then is it known not to be
     * the cut end.
     */
    private static final class Checking implements StreamingChatResponseHandler {
        private final StreamingChatResponseHandler to;
        private @Nullable CompleteToolCall held;

        private Checking(StreamingChatResponseHandler to) {
            this.to = to;
        }

        @Override
        public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
            release();
            to.onPartialResponse(part, context);
        }

        @Override
        public void onPartialThinking(PartialThinking part, PartialThinkingContext context) {
            release();
            to.onPartialThinking(part, context);
        }

        @Override
        public void onPartialToolCall(PartialToolCall part, PartialToolCallContext context) {
            release();
            to.onPartialToolCall(part, context);
        }

        @Override
        public void onCompleteToolCall(CompleteToolCall call) {
            release();
            held = call;
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            if (response.metadata() == null || response.metadata().finishReason() == null) {
                to.onError(new TruncatedAnswerException());
                return;
            }
            release();
            to.onCompleteResponse(response);
        }

        @Override
        public void onError(Throwable error) {
            to.onError(error);
        }

        private void release() {
            CompleteToolCall call = held;
            held = null;
            if (call != null) {
                to.onCompleteToolCall(call);
            }
        }
    }
}
