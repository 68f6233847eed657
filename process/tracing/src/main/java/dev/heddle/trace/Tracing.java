package dev.heddle.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The tracing of one process: off, or a tracer whose spans a thread of its own exports. Spans wait in a bounded queue,
 * and are dropped when it is full; their makers never wait. Any thread.
 */
public final class Tracing implements AutoCloseable {

    private static final Tracing OFF = new Tracing(null, Duration.ZERO);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final @Nullable SdkTracerProvider provider;
    private final @Nullable Tracer tracer;
    private final Duration patience;

    private Tracing(@Nullable SdkTracerProvider provider, Duration patience) {
        this.provider = provider;
        this.patience = patience;
        this.tracer = provider == null ? null : provider.get("dev.heddle");
    }

    /** No tracing. */
    public static Tracing off() {
        return OFF;
    }

    /**
     * Tracing as configured. An unreachable collector is no error: its spans are dropped.
     *
     * @param service the role's name, under which spans are shown
     */
    public static Tracing open(TraceConfig config, String service) {
        return open(config, service, PATIENCE);
    }

    /** Opens tracing with a time limit for each export and for closing. */
    static Tracing open(TraceConfig config, String service, Duration patience) {
        String endpoint = config.endpoint();
        if (endpoint == null) {
            return OFF;
        }
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(endpoint.replaceAll("/+$", "") + "/v1/traces")
                .setTimeout(patience)
                .build();
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .setResource(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), service)))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(config.ratio())))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter)
                        .setScheduleDelay(Duration.ofSeconds(1))
                        .build())
                .build();
        return new Tracing(provider, patience);
    }

    /** True if spans are made; callers check it before any work for a span. */
    public boolean isOn() {
        return tracer != null;
    }

    /**
     * Begins a span of a sender ({@code PRODUCER}).
     *
     * @param name the span's constant name
     * @param parent the header of the parent span, or null for the first one
     */
    public TraceSpan begin(String name, byte @Nullable [] parent) {
        return begin(name, parent, SpanKind.PRODUCER);
    }

    /**
     * Begins a span of a receiver ({@code CONSUMER}), whose parent may be in another process; otherwise as
     * {@link #begin}.
     */
    public TraceSpan take(String name, byte @Nullable [] parent) {
        return begin(name, parent, SpanKind.CONSUMER);
    }

    private TraceSpan begin(String name, byte @Nullable [] parent, SpanKind kind) {
        return tracer == null
                ? TraceSpan.passing(parent)
                : TraceSpan.of(builder(tracer, name, parent).setSpanKind(kind).startSpan());
    }

    /**
     * Records a span that has already ended.
     *
     * @param beganAt in ms since the epoch
     */
    public void done(String name, byte[] parent, long beganAt) {
        if (tracer != null) {
            Span span = builder(tracer, name, parent)
                    .setSpanKind(SpanKind.CONSUMER)
                    .setStartTimestamp(beganAt, TimeUnit.MILLISECONDS)
                    .startSpan();
            span.end();
        }
    }

    private static SpanBuilder builder(Tracer tracer, String name, byte @Nullable [] parent) {
        SpanContext before = parent == null ? SpanContext.getInvalid() : TraceParent.read(parent);
        return tracer.spanBuilder(name)
                .setParent(before.isValid() ? Context.root().with(Span.wrap(before)) : Context.root());
    }

    /** Exports the waiting spans, for a few seconds at most. */
    @Override
    public void close() {
        if (provider != null) {
            provider.shutdown().join(patience.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
