package dev.heddle.edge.ops;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.TimeUnit;

/** The management port: {@code GET /health/live}, {@code /health/ready} and {@code /metrics} in Prometheus' text format. */
public final class ManagementServer {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final int IDLE_SECONDS = 30;

    private final Readiness readiness;
    private final PrometheusMeterRegistry registry;
    private final HttpServer server;

    public ManagementServer(Vertx vertx, Readiness readiness, PrometheusMeterRegistry registry) {
        this.readiness = readiness;
        this.registry = registry;
        this.server = vertx.createHttpServer(
                        new HttpServerOptions().setIdleTimeout(IDLE_SECONDS).setIdleTimeoutUnit(TimeUnit.SECONDS))
                .requestHandler(this::answer);
    }

    /** Starts to listen; the future gives the port. */
    public Future<Integer> listen(ManagementConfig config) {
        return server.listen(config.port(), config.host()).map(HttpServer::actualPort);
    }

    private void answer(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        if (!request.method().equals(HttpMethod.GET)) {
            response.setStatusCode(405).end();
            return;
        }
        switch (request.path()) {
            case "/health/live" -> response.putHeader("Content-Type", TEXT).end("live\n");
            case "/health/ready" -> ready(response);
            case "/metrics" ->
                response.putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                        .end(registry.scrape());
            default -> response.setStatusCode(404).end();
        }
    }

    private void ready(HttpServerResponse response) {
        response.putHeader("Content-Type", TEXT);
        if (readiness.isReady()) {
            response.end("ready\n");
        } else {
            response.setStatusCode(503).end("not ready: " + String.join(", ", readiness.missing()) + "\n");
        }
    }
}
