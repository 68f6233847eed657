package dev.heddle.systemtest.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.edge.Edge;
import dev.heddle.event.Json;
import dev.heddle.event.topic.Topics;
import dev.heddle.testing.Background;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The close codes that the edge's own side brings about, seen by Python's {@code websockets} from nearby and through
 * HAProxy at once.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EndsFromOutsideTest {

    private static final List<String> WAYS = List.of("nearby", "balanced");
    private static final int EACH = 10;
    private static final int DRAIN_MILLIS = 6_000;

    private Cluster cluster;
    private TokenSigner tokens;

    @BeforeAll
    void start(@TempDir Path directory) {
        tokens = TokenSigner.in(directory);
        cluster = Cluster.start(4);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    /** Connections of one user, held from nearby and through a balancer. */
    private record Stage(HaProxy balancer, PythonProgram clients) implements AutoCloseable {

        static Stage set(Path directory, Edge edge, String token) {
            HaProxy balancer = HaProxy.before(directory, List.of(edge.port()));
            ObjectNode plan = Json.object().put("token", token).put("each", EACH);
            plan.putObject("urls")
                    .put("nearby", "ws://127.0.0.1:" + edge.port() + "/v1/stream")
                    .put("balanced", "ws://127.0.0.1:" + balancer.to(edge.port()) + "/v1/stream");
            PythonProgram clients = PythonProgram.start("holding.py", plan);
            clients.expect("held");
            return new Stage(balancer, clients);
        }

        /** All connections have ended with this code; gives how. */
        List<JsonNode> allEnd(int code) {
            JsonNode answer = clients.ask("end");
            List<JsonNode> ends = new ArrayList<>();
            for (String way : WAYS) {
                assertEquals(EACH, answer.path(way).size());
                answer.path(way).forEach(ends::add);
            }
            ends.forEach(end -> assertEquals(code, end.path("code").asInt(), end::toString));
            return ends;
        }

        @Override
        public void close() {
            clients.close();
            balancer.close();
        }
    }

    @Test
    void aDrainIs4001WithAGoodbyeAndWhoComesMeanwhileIs4503(@TempDir Path directory) {
        try (Edge edge = cluster.startEdge(tokens, "sessions.drainWindow=" + DRAIN_MILLIS + "ms");
                Stage stage = Stage.set(directory, edge, tokens.token("drained"))) {
            CompletableFuture<Void> closing = Background.run(edge::close);
            stage.clients().ask("goodbye");
            JsonNode late = stage.clients().ask("late");
            for (String way : WAYS) {
                assertEquals(4503, late.path(way).path("code").asInt(), late::toString);
                assertEquals(0, late.path(way).path("frames").asInt(), late::toString);
                assertEquals(503, late.path(way).path("status").asInt(), late::toString);
                assertTrue(late.path(way).path("retryAfter").asInt() >= 1, late::toString);
            }
            for (JsonNode end : stage.allEnd(4001)) {
                JsonNode goodbye = end.path("goodbye");
                assertEquals(4001, goodbye.path("code").asInt(), end::toString);
                assertEquals("draining", goodbye.path("reason").asText(), end::toString);
                assertTrue(goodbye.path("cursor").asText().length() > 0, end::toString);
                int retry = goodbye.path("retryAfterMs").asInt(-1);
                assertTrue(retry >= 0 && retry <= DRAIN_MILLIS, end::toString);
            }
            closing.join();
        }
    }

    @Test
    void aRevokedUsersSessionsAre4401(@TempDir Path directory) {
        try (Edge edge = cluster.startEdge(tokens);
                Stage stage = Stage.set(directory, edge, tokens.token("revoked"))) {
            cluster.revoke("revoked");
            stage.allEnd(4401);
        }
    }

    @Test
    void aLogThatIsMadeAnewIs4410(@TempDir Path directory) {
        try (Edge edge = cluster.startEdge(tokens);
                Stage stage = Stage.set(directory, edge, tokens.token("reader"))) {
            Cluster.get(
                    cluster.admin().deleteTopics(List.of(Topics.AGENT_EVENTS)).all());
            cluster.createTopics();
            stage.allEnd(4410);
        }
    }

    @Test
    void withKafkaAwayACommandIsUnavailableAndAConnectIs4503(@TempDir Path directory) {
        try (Edge edge = cluster.startEdge(tokens, "commands.timeout=2s", "sessions.beginTimeout=3s");
                Stage stage = Stage.set(directory, edge, tokens.token("waiting"))) {
            cluster.kafka().stopBroker(0);
            try {
                JsonNode answers = stage.clients().ask("command");
                JsonNode late = stage.clients().ask("late");
                for (String way : WAYS) {
                    assertEquals("unavailable", answers.path(way).path("code").asText(), answers::toString);
                    assertTrue(answers.path(way).path("retryable").asBoolean(), answers::toString);
                    assertEquals(4503, late.path(way).path("code").asInt(), late::toString);
                    assertEquals(0, late.path(way).path("frames").asInt(), late::toString);
                }
            } finally {
                cluster.kafka().startBroker(0);
            }
        }
    }
}
