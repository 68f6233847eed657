package dev.heddle.edge.socket;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;

/**
 * Cross-origin resource sharing on the edge's routes below {@code /v1/}: it writes its headers before any handler
 * answers, so every answer has them, refusals included. A page of a foreign origin gets 403 without a header that would
 * let it read it. Called on an event loop; waits for nothing.
 */
final class Cors {

    private static final String PREFIX = "/v1/";
    private static final String METHODS = "GET, POST, DELETE, OPTIONS";
    private static final String EXPOSED = "X-Run-Id, Retry-After";
    private static final String MAX_AGE_SECONDS = "600";

    private final AllowedOrigins origins;

    Cors(AllowedOrigins origins) {
        this.origins = origins;
    }

    /**
     * Writes the headers that the answer to any request has.
     *
     * @return false if it has been answered: a preflight, or one from a foreign page
     */
    boolean pass(HttpServerRequest request) {
        if (request.path() == null || !request.path().startsWith(PREFIX)) {
            return true;
        }
        HttpServerResponse response = request.response().putHeader("Vary", "Origin");
        List<String> origin = request.headers().getAll("Origin");
        if (!origins.allow(origin, request.localAddress().port())) {
            HttpAnswer.status(response, 403);
            return false;
        }
        if (!origin.isEmpty()) {
            response.putHeader("Access-Control-Allow-Origin", origin.get(0))
                    .putHeader("Access-Control-Allow-Credentials", "true")
                    .putHeader("Access-Control-Expose-Headers", EXPOSED);
        }
        if (!request.method().equals(HttpMethod.OPTIONS)) {
            return true;
        }
        preflight(request, response, origin.isEmpty());
        return false;
    }

    private static void preflight(HttpServerRequest request, HttpServerResponse response, boolean ofNoPage) {
        if (!ofNoPage) {
            response.putHeader("Access-Control-Allow-Methods", METHODS)
                    .putHeader("Access-Control-Max-Age", MAX_AGE_SECONDS)
                    .putHeader("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
            List<String> wanted = request.headers().getAll("Access-Control-Request-Headers");
            if (!wanted.isEmpty()) {
                response.putHeader("Access-Control-Allow-Headers", String.join(", ", wanted));
            }
        }
        response.putHeader("Allow", METHODS).setStatusCode(204).end();
    }
}
