package dev.heddle.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * A running span of a trace. In a process that does not trace it only carries its parent's header, so that a trace
 * continues through such a process. Any thread; ended once.
 */
public final class TraceSpan {

    static final TraceSpan NONE = new TraceSpan(null, null);

    private final @Nullable Span span;
    private final byte @Nullable [] header;

    private TraceSpan(@Nullable Span span, byte @Nullable [] header) {
        this.span = span;
        this.header = header;
    }

    static TraceSpan of(Span span) {
        return new TraceSpan(span, TraceParent.of(span.getSpanContext()));
    }

    static TraceSpan passing(byte @Nullable [] header) {
        return header == null ? NONE : new TraceSpan(null, header);
    }

    /** The header {@link TraceParent#HEADER} for the next span; null if there is none. */
    public byte @Nullable [] header() {
        return header == null ? null : header.clone();
    }

    /** Ends the span. */
    public void end() {
        if (span != null) {
            span.end();
        }
    }

    /** Ends the span as failed; the reason is a constant of the code. */
    public void fail(String reason) {
        if (span != null) {
            span.setStatus(StatusCode.ERROR, reason);
            span.end();
        }
    }
}
