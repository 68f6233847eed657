package dev.heddle.local;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The door of what a stack for development serves beside its edges: open only to a request that names this very stack, so
 * that neither a rebound host name nor a page from elsewhere gets in.
 *
 * <p>The Host must be loopback and the port that the request came in on, or the one that a balancer in front is reached
 * at; an Origin, if there is one, the same.
 */
final class LoopbackOnly implements Handler<RoutingContext> {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final int HTTP = 80;
    private static final int AS_IT_CAME = 0;

    private final int publicPort;

    /** The door of a stack that is called directly. */
    LoopbackOnly() {
        this(AS_IT_CAME);
    }

    /** The door of a stack behind a balancer that is reached at this port. */
    LoopbackOnly(int publicPort) {
        this.publicPort = publicPort;
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        int port = publicPort == AS_IT_CAME ? request.localAddress().port() : publicPort;
        if (isOwn(request.authority(), port) && isOwnOrigin(request.getHeader("Origin"), port)) {
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
                && (authority.port() == port || (authority.port() <= 0 && port == HTTP));
    }

    static boolean isOwnOrigin(@Nullable String origin, int port) {
        return origin == null
                || LOOPBACK.stream()
                        .anyMatch(host -> origin.equals("http://" + host + ":" + port)
                                || (port == HTTP && origin.equals("http://" + host)));
    }
}
