package dev.heddle.ingest;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.BooleanSupplier;

/** The management port: {@code GET /health/live}, {@code /health/ready} and {@code /metrics} in Prometheus' text format. */
final class ManagementServer {

    private static final String TEXT = "text/plain; charset=utf-8";

    private final BooleanSupplier ready;
    private final PrometheusMeterRegistry registry;
    private final HttpServer server;

    ManagementServer(Vertx vertx, BooleanSupplier ready, PrometheusMeterRegistry registry) {
        this.ready = ready;
        this.registry = registry;
        this.server = vertx.createHttpServer().requestHandler(this::answer);
    }

    /** Starts to listen; the future gives the port. */
    Future<Integer> listen(IngestConfig.Management config) {
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
            case "/health/ready" -> {
                boolean isReady = ready.getAsBoolean();
                response.setStatusCode(isReady ? 200 : 503)
                        .putHeader("Content-Type", TEXT)
                        .end(isReady ? "ready\n" : "not ready: log\n");
            }
            case "/metrics" ->
                response.putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                        .end(registry.scrape());
            default -> response.setStatusCode(404).end();
        }
    }
}
