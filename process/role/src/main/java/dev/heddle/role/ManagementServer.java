package dev.heddle.role;

import dev.heddle.port.ConnectionGuard;
import dev.heddle.port.GuardedConnection;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The management port: {@code GET /health/live}, {@code /health/ready} and {@code /metrics} in Prometheus' text format.
 * It has an event loop and a guard of its own: neither a busy public port nor scrapers that do not read keep a health
 * probe waiting. Any thread.
 */
public final class ManagementServer implements AutoCloseable {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final Duration FIRST_REQUEST = Duration.ofSeconds(5);
    private static final GuardedConnection.Times TIMES =
            new GuardedConnection.Times(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(2));
    private static final int CONNECTIONS = 128;

    /** The most scrapes that are not fully written at once; each holds its text in memory. */
    private static final int SCRAPES = 8;

    private final Health health;
    private final PrometheusMeterRegistry registry;
    private final Vertx vertx;
    private final HttpServer server;
    private final AtomicInteger scrapes = new AtomicInteger();

    /**
     * The role's answers to health probes, computed on the port's event loop.
     *
     * @param live false once only a restart helps
     * @param missing the reasons why the role is not ready; empty when it is
     */
    public record Health(BooleanSupplier live, Supplier<List<String>> missing) {}

    private ManagementServer(Health health, PrometheusMeterRegistry registry) {
        this.health = health;
        this.registry = registry;
        this.vertx = new ConnectionGuard(CONNECTIONS, FIRST_REQUEST, reason -> {})
                .vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
        this.server = vertx.createHttpServer(new HttpServerOptions()
                        .setHttp2ClearTextEnabled(false)
                        .setCompressionSupported(false)
                        .setDecompressionSupported(false))
                .requestHandler(request -> {
                    if (GuardedConnection.requested(request, TIMES)) {
                        answer(request);
                    }
                });
    }

    /**
     * Starts to listen; blocks until it does.
     *
     * @param port 0 takes a free one
     * @throws RoleException if the port cannot be opened
     */
    public static ManagementServer start(String host, int port, Health health, PrometheusMeterRegistry registry) {
        ManagementServer management = new ManagementServer(health, registry);
        try {
            HttpServer unused = BlockingWait.on(
                    management.server.listen(port, host).toCompletionStage(),
                    "cannot listen on " + host + ":" + port + " for health and metrics (--management-port)");
            return management;
        } catch (RoleException e) {
            management.close();
            throw e;
        }
    }

    /** The port that it listens on. */
    public int port() {
        return server.actualPort();
    }

    private void answer(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        if (!request.method().equals(HttpMethod.GET)) {
            send(response.setStatusCode(405), "");
            return;
        }
        switch (String.valueOf(request.path())) {
            case "/health/live" -> live(response);
            case "/health/ready" -> ready(response);
            case "/metrics" -> scrape(response);
            default -> send(response.setStatusCode(404), "");
        }
    }

    private void live(HttpServerResponse response) {
        if (health.live().getAsBoolean()) {
            send(response, "live\n");
        } else {
            send(response.setStatusCode(503), "not live\n");
        }
    }

    private void ready(HttpServerResponse response) {
        List<String> lacking = health.missing().get();
        if (lacking.isEmpty()) {
            send(response, "ready\n");
        } else {
            send(response.setStatusCode(503), "not ready: " + String.join(", ", lacking) + "\n");
        }
    }

    private void scrape(HttpServerResponse response) {
        if (scrapes.incrementAndGet() > SCRAPES) {
            scrapes.decrementAndGet();
            send(response.setStatusCode(503), "too many scrapes at once\n");
            return;
        }
        // Not on the event loop, where health probes would wait for it.
        vertx.executeBlocking(() -> registry.scrape())
                .compose(text -> response.putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                        .end(text))
                .onComplete(left -> scrapes.decrementAndGet());
    }

    private static void send(HttpServerResponse response, String text) {
        Future<Void> unused = response.putHeader("Content-Type", TEXT).end(text);
    }

    /** Ends the port and its event loop; blocks until they have. */
    @Override
    public void close() {
        // Of no context: those of this Vert.x have no event loop any more when it is done.
        Promise<Void> stopped = Promise.promise();
        // A scrape that has begun ends before the event loop that it is to be sent by.
        server.close()
                .eventually(() -> vertx.executeBlocking(() -> null, false))
                .onComplete(idle -> vertx.close().onComplete(stopped));
        Void unused = BlockingWait.on(stopped.future().toCompletionStage(), "the management port did not stop");
    }
}
