package dev.heddle.local;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The access check of a development stack's own routes. It admits only requests that name this stack, and so refuses
 * DNS rebinding and pages of other origins.
 *
 * <p>The Host must be loopback with the port that the request came in on, or with a port of the load balancer in front.
 * An Origin, if there is one, must be the same, with or without TLS.
 */
final class LoopbackOnly implements Handler<RoutingContext> {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final Map<String, Integer> SCHEMES = Map.of("http", 80, "https", 443);

    private final Set<Integer> publicPorts;

    /** The check of a stack without a load balancer. */
    LoopbackOnly() {
        this(Set.of());
    }

    /** The check of a stack behind a load balancer with these public ports; an empty set means the stack's own port. */
    LoopbackOnly(Set<Integer> publicPorts) {
        this.publicPorts = Set.copyOf(publicPorts);
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        Set<Integer> ports =
                publicPorts.isEmpty() ? Set.of(request.localAddress().port()) : publicPorts;
        String origin = request.getHeader("Origin");
        if (ports.stream().anyMatch(port -> isOwn(request.authority(), port) && isOwnOrigin(origin, port))) {
            context.next();
        } else {
            context.response()
                    .setStatusCode(403)
                    .putHeader("Content-Type", "application/json")
                    .end("{\"error\":\"only for this stack's own loopback address\"}");
        }
    }

    private static boolean isOwn(@Nullable HostAndPort authority, int port) {
        return authority != null
                && LOOPBACK.contains(authority.host().toLowerCase(Locale.ROOT))
                && (authority.port() == port || (authority.port() <= 0 && SCHEMES.containsValue(port)));
    }

    private static boolean isOwnOrigin(@Nullable String origin, int port) {
        return origin == null
                || LOOPBACK.stream().anyMatch(host -> SCHEMES.entrySet().stream()
                        .anyMatch(scheme -> origin.equals(scheme.getKey() + "://" + host + ":" + port)
                                || (port == scheme.getValue() && origin.equals(scheme.getKey() + "://" + host))));
    }
}
