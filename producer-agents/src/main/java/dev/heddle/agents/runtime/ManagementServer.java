package dev.heddle.agents.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.heddle.agents.ExecutorConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/** The executor's management port: {@code /health/live}, {@code /health/ready} and {@code /metrics}. */
final class ManagementServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(2, new DaemonThreads("heddle-management"));

    /** What the health questions are answered from. */
    record Health(BooleanSupplier live, BooleanSupplier ready) {}

    /** @throws IOException if the port is taken */
    ManagementServer(ExecutorConfig.Management settings, Health health, PrometheusMeterRegistry meters)
            throws IOException {
        server = HttpServer.create(new InetSocketAddress(settings.host(), settings.port()), 16);
        server.setExecutor(threads);
        server.createContext("/health/live", exchange -> answer(exchange, health.live()));
        server.createContext("/health/ready", exchange -> answer(exchange, health.ready()));
        server.createContext(
                "/metrics",
                exchange -> send(exchange, 200, new Page("text/plain; version=0.0.4; charset=utf-8", meters.scrape())));
        server.start();
    }

    private record Page(String type, String text) {}

    int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, BooleanSupplier question) throws IOException {
        boolean yes = question.getAsBoolean();
        send(
                exchange,
                yes ? 200 : 503,
                new Page("application/json", "{\"status\":\"" + (yes ? "up" : "down") + "\"}\n"));
    }

    private static void send(HttpExchange exchange, int status, Page page) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("GET")
                    || !exchange.getRequestURI()
                            .getPath()
                            .equals(exchange.getHttpContext().getPath())) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] body = page.text().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", page.type());
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
