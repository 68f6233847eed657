package dev.heddle.executor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The executor's management port: {@code /health/live}, {@code /health/ready} and {@code /metrics}. */
final class ManagementServer implements AutoCloseable {

    /**
     * A request is read, and its answer written, on a thread that waits: a slow scraper takes one of these, not the
     * health probe's.
     */
    private static final int THREADS = 32;

    private static final long IDLE_SECONDS = 10;

    static {
        // In seconds, and the only way in which the JDK's server can be told; its default is to wait for ever.
        for (String limit : List.of("sun.net.httpserver.maxReqTime", "sun.net.httpserver.maxRspTime")) {
            if (System.getProperty(limit) == null) {
                System.setProperty(limit, "10");
            }
        }
    }

    private static final String TEXT = "text/plain; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService threads = threads();

    private static ExecutorService threads() {
        // One too many is dropped; the server cuts its connection when its time is over.
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(THREADS),
                new DaemonThreads("heddle-management"),
                new ThreadPoolExecutor.DiscardPolicy());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * What the health questions are answered from.
     *
     * @param missing names what is missing to be ready
     */
    record Health(BooleanSupplier live, Supplier<List<String>> missing) {}

    /** @throws IOException if the port is taken */
    ManagementServer(ExecutorConfig.Management settings, Health health, PrometheusMeterRegistry meters)
            throws IOException {
        server = HttpServer.create(new InetSocketAddress(settings.host(), settings.port()), 16);
        server.setExecutor(threads);
        server.createContext(
                "/health/live", exchange -> live(exchange, health.live().getAsBoolean()));
        server.createContext(
                "/health/ready", exchange -> ready(exchange, health.missing().get()));
        server.createContext(
                "/metrics",
                exchange -> send(exchange, 200, new Page("text/plain; version=0.0.4; charset=utf-8", meters.scrape())));
        server.start();
    }

    private record Page(String type, String text) {}

    int port() {
        return server.getAddress().getPort();
    }

    private static void live(HttpExchange exchange, boolean yes) throws IOException {
        send(exchange, yes ? 200 : 503, new Page(TEXT, yes ? "live\n" : "not live\n"));
    }

    private static void ready(HttpExchange exchange, List<String> missing) throws IOException {
        send(
                exchange,
                missing.isEmpty() ? 200 : 503,
                new Page(TEXT, missing.isEmpty() ? "ready\n" : "not ready: " + String.join(", ", missing) + "\n"));
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
