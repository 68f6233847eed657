package dev.heddle.agents.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.agents.ExecutorConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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

    private static String get(ManagementServer server, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.body();
    }
}
