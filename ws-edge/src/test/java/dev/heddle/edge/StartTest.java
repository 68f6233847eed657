package dev.heddle.edge;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.edge.socket.EdgeRig;
import dev.heddle.testing.Background;
import dev.heddle.testing.FreePorts;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class StartTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void whoWatchesAStartSeesAnEdgeThatIsAliveAndNotReadyYet(@TempDir Path directory) {
        EdgeRig.prepare(KAFKA.bootstrapServers());
        int port = FreePorts.next();
        EdgeConfig config = EdgeRig.config(
                KAFKA.bootstrapServers(),
                TokenSigner.ellipticIn(directory),
                "management.port=" + port,
                "start.rehearsal=5s");
        CompletableFuture<Edge> starting = Background.supply(() -> Edge.start(config, List.of()));
        HttpResponse<String> early =
                await("an answer").atMost(LIMIT).until(() -> ask(port, "/health/ready"), Objects::nonNull);
        HttpResponse<String> alive =
                await("an answer").atMost(LIMIT).until(() -> ask(port, "/health/live"), Objects::nonNull);
        boolean started = starting.isDone();
        try (Edge edge = starting.join()) {
            assertFalse(started, "it had started before it was asked");
            assertEquals(503, early.statusCode());
            assertTrue(early.body().contains("start"), early.body());
            assertEquals(200, alive.statusCode());
            assertEquals(port, edge.managementPort());
            assertEquals(
                    200,
                    await("an answer")
                            .atMost(LIMIT)
                            .until(() -> ask(port, "/health/ready"), Objects::nonNull)
                            .statusCode());
        }
    }

    private @Nullable HttpResponse<String> ask(int port, String path) throws InterruptedException {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            return null; // it does not listen yet
        }
    }
}
