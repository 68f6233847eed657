package dev.heddle.trace;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code traceparent} of W3C's Trace Context, level 1: {@code 00-<32 hex>-<16 hex>-<2 hex>}, as bytes of a
 * Kafka record's header.
 */
public final class TraceParent {

    /** The name of the header, of a record as of a request. */
    public static final String HEADER = "traceparent";

    /** The length of the header in bytes. */
    public static final int LENGTH = 55;

    private static final int TRACE = 3;
    private static final int SPAN = 36;
    private static final int FLAGS = 53;

    private TraceParent() {}

    static byte[] of(SpanContext context) {
        return ("00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                        + context.getTraceFlags().asHex())
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** The span context of the header; invalid if the header does not follow the recommendation exactly. */
    static SpanContext read(byte[] header) {
        if (header.length != LENGTH || !isShaped(header)) {
            return SpanContext.getInvalid();
        }
        String text = new String(header, StandardCharsets.US_ASCII);
        String trace = text.substring(TRACE, SPAN - 1);
        String span = text.substring(SPAN, FLAGS - 1);
        return TraceId.isValid(trace) && SpanId.isValid(span)
                ? SpanContext.createFromRemoteParent(
                        trace, span, TraceFlags.fromHex(text, FLAGS), TraceState.getDefault())
                : SpanContext.getInvalid();
    }

    /** The header as text for a request; null if it does not follow the recommendation exactly. */
    public static @Nullable String text(byte @Nullable [] header) {
        return header == null || !read(header).isValid() ? null : new String(header, StandardCharsets.US_ASCII);
    }

    /** The text as a record's header; null for none. */
    public static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The text as the header of an event; null also for a trace that is not sampled, as events are many.
     *
     * @throws IllegalArgumentException if the text does not follow the recommendation exactly
     */
    public static byte @Nullable [] ofEvents(@Nullable String text) {
        byte[] header = bytes(text);
        if (header == null) {
            return null;
        }
        SpanContext context = read(header);
        if (!context.isValid()) {
            throw new IllegalArgumentException("a traceparent is 00-<32 hex>-<16 hex>-<2 hex>");
        }
        return context.isSampled() ? header : null;
    }

    private static boolean isShaped(byte[] header) {
        for (int i = 0; i < LENGTH; i++) {
            boolean dash = i == TRACE - 1 || i == SPAN - 1 || i == FLAGS - 1;
            byte c = header[i];
            boolean hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            if (dash ? c != '-' : !hex) {
                return false;
            }
        }
        return header[0] == '0' && header[1] == '0';
    }
}
