package dev.heddle.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import org.jspecify.annotations.Nullable;

/** One step of a trace that has begun: what is sent along to the next one, and its end. Any thread; ended once. */
public final class Step {

    static final Step NONE = new Step(null);

    private final @Nullable Span span;

    Step(@Nullable Span span) {
        this.span = span;
    }

    /** The header {@link TraceParent#HEADER} for whoever does the next step; null if there is no tracing. */
    public byte @Nullable [] header() {
        return span == null ? null : TraceParent.of(span.getSpanContext());
    }

    /** It is done. */
    public void end() {
        if (span != null) {
            span.end();
        }
    }

    /** It came to nothing, for this reason: one word of ours. */
    public void fail(String reason) {
        if (span != null) {
            span.setStatus(StatusCode.ERROR, reason);
            span.end();
        }
    }
}
