package dev.heddle.port;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.HostileCrowd;
import dev.heddle.testing.HostileCrowd.Script;
import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ManagementServerTest {

    private static final int CROWD = 300;
    private static final int SCRAPERS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration AT_MOST = Duration.ofSeconds(2);

    static Stream<Script> scrapers() {
        return Stream.of(
                Script.of(""),
                Script.trickling("GET /metrics HTTP/1.1\r\nX-A: ", "b", Duration.ofMillis(50)),
                Script.of("POST /metrics HTTP/1.1\r\nContent-Length: 100000\r\n\r\n"),
                new Script("GET /metrics HTTP/1.1\r\n\r\n".repeat(20), "", PATIENCE, HostileCrowd.Reading.NEVER_READS));
    }

    @ParameterizedTest
    @MethodSource("scrapers")
    void aHealthProbeIsAnsweredAtOnceBesideSlowScrapers(Script script) throws Exception {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        for (int i = 0; i < 2_000; i++) {
            Counter.builder("heddle.test").tag("number", String.valueOf(i)).register(registry);
        }
        try (ManagementServer server = new ManagementServer(List::of, registry)) {
            int port = server.listen("127.0.0.1", 0)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            // The first answer of a JVM loads what it needs; that is not what is timed.
            assertTrue(get(port).startsWith("HTTP/1.1 200 "));
            try (HostileCrowd crowd = HostileCrowd.start(port, CROWD, script)) {
                await("the crowd is there").atMost(PATIENCE).until(() -> crowd.opened() >= CROWD);
                for (int i = 0; i < 3; i++) {
                    long began = System.nanoTime();
                    String answer = "";
                    // One that made room for another newcomer comes again, as probes do.
                    while (answer.isEmpty() && System.nanoTime() - began < AT_MOST.toNanos()) {
                        answer = get(port);
                    }
                    assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
                }
            }
        }
    }

    @Test
    void itStopsAtOnceWhenScrapesAreUnderWay() throws Exception {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        for (int i = 0; i < 2_000; i++) {
            Counter.builder("heddle.test").tag("number", String.valueOf(i)).register(registry);
        }
        ManagementServer server = new ManagementServer(List::of, registry);
        int port = server.listen("127.0.0.1", 0)
                .toCompletionStage()
                .toCompletableFuture()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        try (HostileCrowd crowd =
                HostileCrowd.start(port, SCRAPERS, Script.of("GET /metrics HTTP/1.1\r\n\r\n".repeat(20)))) {
            await("the crowd is there").atMost(PATIENCE).until(() -> crowd.opened() >= SCRAPERS);
            server.stop()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(AT_MOST.multipliedBy(3).toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private static String get(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream()
                    .write("GET /health/ready HTTP/1.1\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (java.net.SocketException cut) {
            assertEquals("Connection reset", cut.getMessage());
            return "";
        }
    }
}
