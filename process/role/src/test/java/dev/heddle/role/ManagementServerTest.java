package dev.heddle.role;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.HostileCrowd;
import dev.heddle.testing.HostileCrowd.Script;
import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ManagementServerTest {

    private static final int CROWD = 300;
    private static final int SCRAPERS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration AT_MOST = Duration.ofSeconds(2);

    private static final ManagementServer.Health READY = new ManagementServer.Health(() -> true, List::of);

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
        try (ManagementServer server = ManagementServer.start("127.0.0.1", 0, READY, registry)) {
            int port = server.port();
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
        ManagementServer server = ManagementServer.start("127.0.0.1", 0, READY, registry);
        try (HostileCrowd crowd =
                HostileCrowd.start(server.port(), SCRAPERS, Script.of("GET /metrics HTTP/1.1\r\n\r\n".repeat(20)))) {
            await("the crowd is there").atMost(PATIENCE).until(() -> crowd.opened() >= SCRAPERS);
            assertTimeoutPreemptively(AT_MOST.multipliedBy(3), server::close);
        }
    }

    @Test
    void theReasonsOfAnUnhealthyRoleAreNamed() throws Exception {
        ManagementServer.Health unhealthy =
                new ManagementServer.Health(() -> false, () -> List.of("commands", "kafka"));
        try (ManagementServer server = ManagementServer.start(
                "127.0.0.1", 0, unhealthy, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))) {
            String live = get(server.port(), "/health/live");
            assertTrue(live.startsWith("HTTP/1.1 503 ") && live.endsWith("\r\n\r\nnot live\n"), live);
            String ready = get(server.port(), "/health/ready");
            assertTrue(ready.endsWith("\r\n\r\nnot ready: commands, kafka\n"), ready);
        }
    }

    @Test
    void aTakenPortIsOneLineThatNamesTheOption() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = other.getLocalPort();
            assertEquals(
                    "cannot listen on 127.0.0.1:" + port
                            + " for health and metrics (--management-port): the port is taken",
                    assertThrows(
                                    RoleException.class,
                                    () -> ManagementServer.start(
                                            "127.0.0.1",
                                            port,
                                            READY,
                                            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)))
                            .getMessage());
        }
    }

    private static String get(int port) throws IOException {
        return get(port, "/health/ready");
    }

    private static String get(int port, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (java.net.SocketException cut) {
            assertEquals("Connection reset", cut.getMessage());
            return "";
        }
    }
}
