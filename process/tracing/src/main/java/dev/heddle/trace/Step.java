package dev.heddle.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * One step of a trace that has begun: what is sent along to the next one, and its end. In a process that does not trace
 * it is only what was sent along to it, so that a trace goes on through such a process. Any thread; ended once.
 */
public final class Step {

    static final Step NONE = new Step(null, null);

    private final @Nullable Span span;
    private final byte @Nullable [] header;

    private Step(@Nullable Span span, byte @Nullable [] header) {
        this.span = span;
        this.header = header;
    }

    static Step of(Span span) {
        return new Step(span, TraceParent.of(span.getSpanContext()));
    }

    static Step passing(byte @Nullable [] header) {
        return header == null ? NONE : new Step(null, header);
    }

    /** The header {@link TraceParent#HEADER} for whoever does the next step; null if there is none. */
    public byte @Nullable [] header() {
        return header == null ? null : header.clone();
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
