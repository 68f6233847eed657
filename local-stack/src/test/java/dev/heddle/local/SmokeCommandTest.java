package dev.heddle.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.config.Settings;
import dev.heddle.config.SettingsSources;
import dev.heddle.edge.Edge;
import dev.heddle.edge.EdgeConfig;
import dev.heddle.executor.Executor;
import dev.heddle.executor.ExecutorConfig;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The look at a fleet whose tokens another issuer signs, as in production. */
class SmokeCommandTest {
    private static final String ISSUER = "https://id.example";
    private static final String AUDIENCE = "chat";
    private static final int PARTITIONS = 2;

    @TempDir
    Path directory = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int smoke(Edge edge, String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of(
                "smoke",
                "--url",
                "http://127.0.0.1:" + edge.port(),
                "--events",
                "4",
                "--every-ms",
                "1",
                "--limit",
                "30s"));
        all.addAll(List.of(arguments));
        return Heddle.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }

    @Test
    void anEdgeThatExpectsAnotherIssuerIsTriedWithItsKeyOrWithItsTokens() throws Exception {
        String key = directory.resolve("keys.json").toString();
        TokenSigner keys = TokenSigner.create(directory.resolve("keys.json"));
        try (FreshCluster kafka = KafkaFixture.freshCluster();
                Edge edge = edge(kafka, key);
                Executor executor = Executor.start(Settings.with(
                        ExecutorConfig.defaults(),
                        "kafka.bootstrapServers=" + kafka.bootstrapServers(),
                        "publisher.partitions=" + PARTITIONS))) {
            Void unused = executor.ready().toCompletableFuture().get(60, TimeUnit.SECONDS);

            assertEquals(0, smoke(edge, "--key", key, "--issuer", ISSUER, "--audience", AUDIENCE), err::toString);
            assertTrue(out.toString().contains("ok: neither user got anything of the other's"), out::toString);

            TokenSigner.Terms claims = new TokenSigner.Terms(ISSUER, AUDIENCE, null);
            Duration ttl = Duration.ofMinutes(5);
            Path tokens = Files.writeString(
                    directory.resolve("tokens"),
                    keys.issue("alice", ttl, claims) + "\n" + keys.issue("bob", ttl, claims) + "\n");
            assertEquals(0, smoke(edge, "--token", tokens.toString()), err::toString);

            for (List<String> wrong : List.of(
                    List.of("--key", key),
                    List.of("--key", key, "--issuer", ISSUER),
                    List.of("--key", key, "--audience", AUDIENCE))) {
                assertEquals(1, smoke(edge, wrong.toArray(String[]::new)), wrong::toString);
                assertEquals(1, err.toString().lines().count(), err::toString);
                assertEquals("", out.toString());
            }
            String one = keys.issue("carol", ttl, claims);
            for (String content : List.of("", one, one + "\n" + one, "a\nb\nc")) {
                Path file = Files.writeString(directory.resolve("wrong"), content);
                assertEquals(1, smoke(edge, "--token", file.toString()), content);
                assertEquals(1, err.toString().lines().count(), err::toString);
                assertFalse(err.toString().contains(one), err::toString);
            }
        }
    }

    private static Edge edge(FreshCluster kafka, String key) {
        return Edge.start(
                Settings.load(
                        EdgeConfig.class,
                        EdgeConfig.defaults(),
                        SettingsSources.of(
                                "edge",
                                null,
                                List.of(
                                        "kafka.bootstrapServers=" + kafka.bootstrapServers(),
                                        "topics.partitions=" + PARTITIONS,
                                        "auth.keys=" + key,
                                        "auth.issuer=" + ISSUER,
                                        "auth.audience=" + AUDIENCE,
                                        "http.host=127.0.0.1",
                                        "http.port=0",
                                        "management.host=127.0.0.1",
                                        "management.port=0",
                                        "sessions.drainWindow=100ms",
                                        "start.rehearsal=0s"))),
                List.of());
    }
}
