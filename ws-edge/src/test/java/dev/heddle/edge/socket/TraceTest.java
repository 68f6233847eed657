package dev.heddle.edge.socket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.sun.net.httpserver.HttpServer;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class TraceTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    @Test
    void aCommandAndAnEventsDeliveryAreStepsThatReachTheCollector(@TempDir Path directory) throws IOException {
        List<String> bodies = new CopyOnWriteArrayList<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        try (EdgeRig rig = EdgeRig.start(
                        KAFKA.bootstrapServers(),
                        TokenSigner.ellipticIn(directory),
                        "tracing.endpoint=http://127.0.0.1:"
                                + collector.getAddress().getPort(),
                        "tracing.ratio=1");
                TestClient client = rig.connect("traced-user", "")) {
            client.next("caughtUp");
            client.send(
                    "{\"type\":\"command\",\"id\":\"c\",\"command\":\"run.cancel\",\"threadId\":\"t\",\"runId\":\"r\"}");
            client.next("accepted");
            rig.publishTraced("traced-user", "words of a user", "00-" + TRACE + "-b7ad6b7169203331-01");
            rig.publishTraced("traced-user", "more words", "nonsense");
            client.next("events");
            String id = new String(HexFormat.of().parseHex(TRACE), ISO_8859_1);
            for (String expected : List.of("heddle.command", "heddle.deliver", id)) {
                await("a span of " + expected).atMost(LIMIT).until(() -> String.join("", bodies)
                        .contains(expected));
            }
            assertFalse(String.join("", bodies).contains("words"));
            assertFalse(String.join("", bodies).contains("traced-user"));
        } finally {
            collector.stop(0);
        }
    }
}
