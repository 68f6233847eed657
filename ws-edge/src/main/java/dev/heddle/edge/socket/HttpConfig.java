package dev.heddle.edge.socket;

import dev.heddle.port.GuardedConnection;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the public port.
 *
 * @param host the address to listen on
 * @param port the public port; 0 takes a free one
 * @param publicUrl the URL under which browsers reach this edge ({@code https://events.example.com}), or null for host
 *     and port
 * @param allowedOrigins the accepted {@code Origin} headers: origins ({@code https://app.example.com},
 *     {@code capacitor://localhost}), all names below one ({@code https://*.example.com}), {@code null}; empty for the
 *     edge's own public address only
 * @param trustedProxies addresses or networks ({@code 10.0.0.0/8}) whose {@code X-Forwarded-For} is believed when
 *     clients are counted by address
 * @param tls certificate and key, if this edge ends TLS itself
 * @param eventLoops the number of threads that serve connections; 0 for one per processor
 * @param sendBufferBytes the size of the kernel's send buffer of one connection; a slow client's backlog stays in it
 * @param maxUrlBytes the longest request line
 * @param maxHeaderBytes the largest header block; a token travels in it
 * @param requestTimeout the time limit for TLS and the head of a new socket's request; after that also for the fetch of
 *     an unknown key, for the request's body, and for the client's reading of the response
 * @param idleTimeout the longest pause between plain HTTP requests on one socket
 * @param closeTimeout the time that a closed or refused connection has for its closing handshake before its socket is
 *     cut
 */
public record HttpConfig(
        String host,
        int port,
        @Nullable String publicUrl,
        List<String> allowedOrigins,
        List<String> trustedProxies,
        TlsConfig tls,
        int eventLoops,
        int sendBufferBytes,
        int maxUrlBytes,
        int maxHeaderBytes,
        Duration requestTimeout,
        Duration idleTimeout,
        Duration closeTimeout) {

    public HttpConfig {
        allowedOrigins = List.copyOf(allowedOrigins);
        trustedProxies = List.copyOf(trustedProxies);
        allowedOrigins.forEach(OriginPattern::of);
        for (String network : trustedProxies) {
            if (!ClientAddress.isNetwork(network)) {
                throw new IllegalArgumentException("http.trustedProxies: '" + network
                        + "' is no address or network, as 10.1.2.3, 10.0.0.0/8 or 2001:db8::/32");
            }
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("http.port must be between 0 and 65535");
        }
        if (publicUrl != null && Origin.ofUrl(publicUrl) == null) {
            throw new IllegalArgumentException("http.publicUrl: '" + publicUrl + "' is no http or https URL");
        }
        if (eventLoops < 0 || sendBufferBytes < 4096 || maxUrlBytes < 1024 || maxHeaderBytes < 1024) {
            throw new IllegalArgumentException("http.eventLoops must not be negative, sendBufferBytes at least 4KiB,"
                    + " maxUrlBytes and maxHeaderBytes at least 1KiB");
        }
        if (requestTimeout.toMillis() < 100 || idleTimeout.toMillis() < 100 || closeTimeout.toMillis() < 100) {
            throw new IllegalArgumentException("http time-outs must be at least 100ms");
        }
    }

    /** The defaults. */
    public static HttpConfig defaults() {
        return new HttpConfig(
                "0.0.0.0",
                8080,
                null,
                List.of(),
                List.of(),
                TlsConfig.none(),
                0,
                64 * 1024,
                8 * 1024,
                16 * 1024,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5));
    }

    /** The deadlines of a connection that is no stream. */
    GuardedConnection.Times times() {
        return new GuardedConnection.Times(requestTimeout, idleTimeout, closeTimeout);
    }

    /** The number of event loops: the configured one, or one for each processor. */
    public int eventLoopCount() {
        return eventLoops > 0 ? eventLoops : Runtime.getRuntime().availableProcessors();
    }
}
