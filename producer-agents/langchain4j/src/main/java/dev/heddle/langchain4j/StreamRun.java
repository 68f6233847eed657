package dev.heddle.langchain4j;

import dev.heddle.agents.Cancellation;
import dev.heddle.agents.RunEndedException;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.service.TokenStream;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One token stream while it runs: its callbacks go to the narrator, and the run's thread waits here for its end. It
 * ends once: with the model's complete response, an error, the run's cancellation, or because the model was silent for
 * too long. Afterwards the stream is cancelled at its next callback, if its provider supports that.
 */
final class StreamRun {

    /** The source of a tool call's events: only one, or each call would be emitted twice. */
    enum Tools {
        OF_STREAM,
        OF_AGENT_LISTENER
    }

    /** The way in which the stream ended. */
    sealed interface Ending permits Completed, Failed {}

    record Completed(ChatResponse response) implements Ending {}

    record Failed(Throwable why) implements Ending {}

    private final RunNarrator narrator;
    private final Tools tools;
    private final CompletableFuture<Ending> ended = new CompletableFuture<>();
    private volatile @Nullable StreamingHandle handle;

    StreamRun(RunNarrator narrator, Tools tools) {
        this.narrator = narrator;
        this.tools = tools;
    }

    /**
     * Runs the stream.
     *
     * @throws RunEndedException if the run is no longer wanted
     */
    Ending run(TokenStream stream, Cancellation cancellation, Duration patience) throws InterruptedException {
        attach(stream);
        cancellation.onRequest(this::stop);
        try {
            cancellation.check();
            stream.start();
            return await(patience);
        } catch (CancellationException e) {
            cancellation.check();
            throw e;
        } finally {
            stop();
        }
    }

    private Ending await(Duration patience) throws InterruptedException {
        long nanos = patience.toNanos();
        while (true) {
            long left = nanos - narrator.silence();
            if (left <= 0) {
                return new Failed(new TimeoutException("the model was silent for " + patience.toSeconds() + " s"));
            }
            try {
                return ended.get(left, TimeUnit.NANOSECONDS);
            } catch (java.util.concurrent.TimeoutException e) {
                // The model may have given a sign of life meanwhile: the loop checks.
            } catch (ExecutionException e) {
                throw new CompletionException(e.getCause());
            }
        }
    }

    private void attach(TokenStream stream) {
        stream.onPartialResponseWithContext(
                        (part, context) -> take(context.streamingHandle(), () -> narrator.text(part.text())))
                .onPartialThinkingWithContext(
                        (part, context) -> take(context.streamingHandle(), () -> narrator.thinking(part.text())))
                .onIntermediateResponse(response -> guarded(() -> {
                    if (tools == Tools.OF_STREAM) {
                        tell(response, narrator::intermediate);
                    }
                }))
                .onCompleteResponse(response -> guarded(() -> {
                    tell(response, narrator::complete);
                    ended.complete(ending(response));
                }))
                .onError(failure -> ended.complete(new Failed(failure)));
        if (tools == Tools.OF_STREAM) {
            stream.onPartialToolCallWithContext(
                            (part, context) -> take(context.streamingHandle(), () -> narrator.piece(part)))
                    .beforeToolExecution(before -> guarded(() -> {
                        narrator.refuseToGoOn();
                        narrator.begins(before.request(), null);
                    }))
                    .onToolExecuted(done -> guarded(() -> {
                        narrator.executed(done.request(), done.result(), null);
                        narrator.refuseToGoOn();
                    }));
        }
    }

    /**
     * The ending of a complete response. An answer that the provider's filter has cut fails, though no exception
     * reports it.
     */
    private static Ending ending(ChatResponse response) {
        return response.finishReason() == FinishReason.CONTENT_FILTER
                ? new Failed(new ContentFilteredException("the provider's filter has cut the answer"))
                : new Completed(response);
    }

    /** Handles a callback of the stream, or cancels the stream if the run is over. */
    private void take(StreamingHandle from, Runnable telling) {
        handle = from;
        if (narrator.isStopped()) {
            from.cancel();
            return;
        }
        try {
            telling.run();
        } catch (RuntimeException | Error e) {
            // LangChain4j would go on with the next piece.
            fail(e);
            from.cancel();
        }
    }

    /** Runs a callback. An exception fails the stream, so that LangChain4j cannot swallow it. */
    private void guarded(Runnable telling) {
        try {
            telling.run();
        } catch (CancellationException e) {
            // This keeps LangChain4j from asking the model once more.
            throw e;
        } catch (RuntimeException | Error e) {
            fail(e);
            throw e;
        }
    }

    private void fail(Throwable why) {
        narrator.broken(why);
        ended.complete(new Failed(why));
    }

    private void tell(ChatResponse response, Consumer<ChatResponse> telling) {
        narrator.refuseToGoOn();
        telling.accept(response);
    }

    private void stop() {
        narrator.stop();
        StreamingHandle last = handle;
        if (last != null && !ended.isDone()) {
            last.cancel();
        }
        ended.cancel(false);
    }
}
