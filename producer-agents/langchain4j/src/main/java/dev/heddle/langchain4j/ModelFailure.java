package dev.heddle.langchain4j;

import dev.heddle.agents.RunAddress;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnresolvedModelServerException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The failure of a model or an agent, as the user may see it: a code for programs and a sentence without internals. The
 * provider's own message, which can hold prompts and keys, is neither shown nor logged.
 */
enum ModelFailure {
    RATE_LIMITED("model_rate_limited", "The model is asked too often at the moment."),
    TIMED_OUT("model_timeout", "The model did not answer in time."),
    TRUNCATED("model_truncated", "The model's answer broke off."),
    REFUSED("model_refused", "The model would not answer this."),
    MISCONFIGURED("model_misconfigured", "The model is not set up rightly."),
    UNAVAILABLE("model_unavailable", "The model cannot be reached."),
    AGENT("agent_failed", "The agent failed.");

    private static final Logger log = LoggerFactory.getLogger(ModelFailure.class);

    private final String code;
    private final String message;

    ModelFailure(String code, String message) {
        this.code = code;
        this.message = message;
    }

    String code() {
        return code;
    }

    String message() {
        return message;
    }

    static ModelFailure of(Throwable failure) {
        if (is(failure, TruncatedAnswerException.class)) {
            return TRUNCATED;
        } else if (is(failure, RateLimitException.class)) {
            return RATE_LIMITED;
        } else if (is(failure, TimeoutException.class)) {
            return TIMED_OUT;
        } else if (is(failure, ContentFilteredException.class) || is(failure, InvalidRequestException.class)) {
            return REFUSED;
        } else if (is(failure, AuthenticationException.class)
                || is(failure, ModelNotFoundException.class)
                || is(failure, UnresolvedModelServerException.class)) {
            return MISCONFIGURED;
        } else if (is(failure, InternalServerException.class)
                || is(failure, HttpException.class)
                || is(failure, IOException.class)) {
            return UNAVAILABLE;
        }
        return AGENT;
    }

    private static boolean is(Throwable failure, Class<? extends Throwable> type) {
        return Causes.find(failure, type) != null;
    }

    /** Logs the run, the classes of the exceptions and the place that threw them; never their messages. */
    void log(Throwable failure, RunAddress run) {
        Throwable cause = failure.getCause();
        StackTraceElement[] trace = (cause == null ? failure : cause).getStackTrace();
        log.atWarn()
                .addKeyValue("agent", run.agentId())
                .addKeyValue("run", run.runId())
                .addKeyValue("code", code)
                .addKeyValue("error", failure.getClass().getName())
                .addKeyValue("cause", cause == null ? "none" : cause.getClass().getName())
                .addKeyValue("at", trace.length == 0 ? "unknown" : trace[0])
                .log("A model or an agent failed");
    }
}
