package dev.heddle.trace;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The export of traces.
 *
 * @param endpoint the address of an OTLP collector over HTTP ({@code http://collector:4318}), or null for no tracing
 * @param ratio the share of traces begun here that are kept, 0 to 1; a trace begun elsewhere is kept if it was kept
 *     there
 */
public record TraceConfig(@Nullable String endpoint, double ratio) {

    public TraceConfig {
        if (endpoint != null && !isHttp(endpoint)) {
            throw new IllegalArgumentException("tracing.endpoint must be an http or https URL");
        }
        if (!(ratio >= 0 && ratio <= 1)) {
            throw new IllegalArgumentException("tracing.ratio must be between 0 and 1");
        }
    }

    private static boolean isHttp(String url) {
        try {
            URI uri = URI.create(url);
            return uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** No tracing. */
    public static TraceConfig off() {
        return new TraceConfig(null, 0.01);
    }
}
