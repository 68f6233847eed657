package dev.heddle.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.HostileCrowd;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManagementServerTest {

    @Test
    void whatIsMissingIsNamed() throws Exception {
        try (ManagementServer server = new ManagementServer(
                new ExecutorConfig.Management("127.0.0.1", 0),
                new ManagementServer.Health(() -> false, () -> List.of("commands", "kafka")),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))) {
            assertEquals("503 not live\n", get(server, "/health/live"));
            assertEquals("503 not ready: commands, kafka\n", get(server, "/health/ready"));
        }
    }

    @Test
    void slowScrapersDoNotKeepAHealthProbeWaiting() throws Exception {
        try (ManagementServer server = new ManagementServer(
                        new ExecutorConfig.Management("127.0.0.1", 0),
                        new ManagementServer.Health(() -> true, List::of),
                        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
                HostileCrowd scrapers = HostileCrowd.start(
                        server.port(),
                        16,
                        HostileCrowd.Script.trickling("GET /metrics HTTP/1.1\r\nX-A: ", "b", Duration.ofMillis(50)))) {
            await("the scrapers are there").atMost(Duration.ofSeconds(20)).until(() -> scrapers.opened() >= 16);
            for (int i = 0; i < 3; i++) {
                long began = System.nanoTime();
                assertEquals("200 live\n", get(server, "/health/live"));
                assertTrue(System.nanoTime() - began < Duration.ofSeconds(2).toNanos());
            }
        }
    }

    private static String get(ManagementServer server, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.body();
    }
}
