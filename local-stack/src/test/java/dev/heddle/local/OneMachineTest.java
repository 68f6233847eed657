package dev.heddle.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.client.HeddleEndpoint;
import dev.heddle.testing.Background;
import dev.heddle.testing.TestJvm;
import dev.heddle.testing.TestProcess;
import dev.heddle.token.TokenSigner;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All roles as processes of their own on one machine, as a newcomer starts them: with ports and a key, and nothing
 * else.
 */
class OneMachineTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** An everyday build has no time for it. */
    private static final Map<String, String> COLD = Map.of("HEDDLE_EDGE_START_REHEARSAL", "0s");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path directory = Path.of("");

    @Test
    void allRolesWorkTogetherOnOneBrokerWithoutAnyPreparation() throws Exception {
        Path key = directory.resolve("keys.json");
        TokenSigner keys = TokenSigner.create(key);
        try (TestProcess kafka = heddle(
                Map.of(),
                "kafka",
                "--port",
                "0",
                "--data",
                directory.resolve("data").toString())) {
            String bootstrap = kafka.ready();
            String[] edgeCommand = {
                "edge", "--bootstrap", bootstrap, "--port", "0", "--management-port", "0", "--key", key.toString()
            };
            String[] ingestCommand = {
                "ingest", "--bootstrap", bootstrap, "--port", "0", "--management-port", "0", "--key", key.toString()
            };
            // At once: whoever comes first makes the topics, and the others find them in the making.
            try (TestProcess edge = heddle(COLD, edgeCommand);
                    TestProcess executor = heddle(Map.of(), "executor", "--bootstrap", bootstrap);
                    TestProcess ingest = heddle(Map.of(), ingestCommand)) {
                String ingestUrl = ingest.ready();
                String edgeUrl = edge.ready();
                executor.ready();

                SmokeClient client = new SmokeClient(
                        HeddleEndpoint.at(URI.create(edgeUrl)).through(HTTP).within(LIMIT),
                        keys.issue("alice", LIMIT, TokenSigner.Terms.ofScope(null)));
                client.connect(null);
                append(ingestUrl, keys.issue("service", LIMIT, TokenSigner.Terms.ofScope("events:write")));
                client.until("what ingest appended", client::hasFinished);
                client.start("echo", 1, 1);
                client.until("the echo", () -> client.runs().size() == 2 && client.hasFinished());
                client.cut();
                List<TestProcess> roles = List.of(edge, executor, ingest);
                for (TestProcess role : roles) {
                    assertFalse(role.err().contains("\tat "), role::err);
                    assertFalse(role.err().contains("ERROR"), role::err);
                }
                assertTrue(
                        roles.stream()
                                .anyMatch(role -> role.err().contains("WARN")
                                        && role.err().contains("copies=\"1\"")),
                        () -> "nobody warns of a single copy: " + edge.err());
                TestProcess check = heddle(Map.of(), "topics", "check", "--bootstrap", bootstrap);
                assertEquals(0, check.end(), check::err);
            }
        }
    }

    private static void append(String url, String token) throws IOException, InterruptedException {
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create(url + "/v1/users/alice/events"))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"threadId\":\"t\",\"runId\":\"r\",\"events\":["
                                                + "{\"runSeq\":0,\"event\":{\"type\":\"RUN_STARTED\",\"threadId\":\"t\",\"runId\":\"r\"}},"
                                                + "{\"runSeq\":1,\"event\":{\"type\":\"RUN_FINISHED\",\"threadId\":\"t\",\"runId\":\"r\"}}]}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer::body);
    }

    @Test
    void aTopicThatIsNotAsConfiguredIsRefusedWithOneLine() throws Exception {
        Path key = directory.resolve("keys.json");
        TokenSigner.create(key);
        try (TestProcess kafka = heddle(
                Map.of(),
                "kafka",
                "--port",
                "0",
                "--data",
                directory.resolve("data").toString())) {
            String bootstrap = kafka.ready();
            TestProcess create = heddle(Map.of(), "topics", "create", "--partitions", "4", "--bootstrap", bootstrap);
            assertEquals(0, create.end(), create::err);
            List<CompletableFuture<String>> refusals = List.of(
                    refusal("edge", "--bootstrap", bootstrap, "--key", key.toString(), "--management-port", "0"),
                    refusal("ingest", "--bootstrap", bootstrap, "--key", key.toString()),
                    refusal("executor", "--bootstrap", bootstrap));
            for (CompletableFuture<String> refusal : refusals) {
                String told = refusal.join();
                assertTrue(told.contains("4 partitions"), told);
                assertEquals(1, told.lines().count(), told);
            }
        }
    }

    private static TestProcess heddle(Map<String, String> environment, String... arguments) {
        ProcessBuilder program = TestJvm.program(Heddle.class.getName(), List.of("-Xmx256m"), List.of(arguments));
        program.environment().putAll(environment);
        return TestProcess.start(arguments[0], program);
    }

    private static CompletableFuture<String> refusal(String... arguments) {
        return Background.supply(() -> {
            try (TestProcess role = heddle(Map.of(), arguments)) {
                assertEquals(1, role.end(), role::err);
                return role.err();
            }
        });
    }
}
