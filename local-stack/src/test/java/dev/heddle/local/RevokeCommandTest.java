package dev.heddle.local;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.Json;
import dev.heddle.kafka.EmbeddedKafkaConfig;
import dev.heddle.testing.Background;
import dev.heddle.testing.FreePorts;
import dev.heddle.token.TokenSigner;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jose4j.jwt.NumericDate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RevokeCommandTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** Begun before the other test, and looked at after it: Kafka's clients are patient. */
    private static CompletableFuture<String> unanswered;

    @BeforeAll
    static void beginToWait() {
        unanswered = Background.supply(() -> revoke(1, "revoke", "--user", "u", "--bootstrap", "127.0.0.1:1"));
    }

    private static String revoke(int expected, String... arguments) {
        StringWriter out = new StringWriter();
        assertEquals(
                expected,
                Heddle.commandLine()
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(out))
                        .execute(arguments),
                out::toString);
        return out.toString();
    }

    @Test
    @Order(1)
    void whatWasIssuedUntilNowIsRefusedAndWhatIsIssuedLaterIsNot(@TempDir Path directory) throws Exception {
        int kafka = FreePorts.next();
        String bootstrap = "127.0.0.1:" + kafka;
        try (LocalStack stack =
                LocalStack.start(0, new EmbeddedKafkaConfig(directory.resolve("data"), kafka, 1, Map.of()))) {
            String alice = token(stack, "alice");
            Path keys = directory.resolve("data").resolve(DataLocation.KEYS);
            String ahead = signed(keys, "alice", Instant.now().plusSeconds(20));
            assertEquals(200, status(stack, ahead));
            String bob = token(stack, "bob");
            assertEquals(200, status(stack, alice));
            assertTrue(revoke(0, "revoke", "--user", "alice", "--bootstrap", bootstrap)
                    .contains("alice"));
            await("her token is refused").atMost(LIMIT).until(() -> status(stack, alice) == 401);
            assertEquals(200, status(stack, bob));
            assertEquals(401, status(stack, ahead), "one of an issuer whose clock is ahead");
            assertEquals(401, status(stack, token(stack, "alice")), "one that could be of such an issuer");
            // Where the clock is as far ahead as may be, a token of the next second is later than all that are covered.
            await("a later token is good")
                    .atMost(LIMIT)
                    .until(() ->
                            status(stack, signed(keys, "alice", Instant.now().plusSeconds(29))) == 200);
            assertEquals(401, status(stack, alice));
            assertEquals(401, status(stack, ahead));
        }
    }

    @Test
    @Order(2)
    void whatCannotBeDoneIsOneLine() {
        assertTrue(revoke(2, "revoke", "--user", "").contains("--user: user key is empty"));
        assertTrue(unanswered.join().contains("Kafka at 127.0.0.1:1 does not answer"));
    }

    /** A token of the stack's own key with this time of issue. */
    private static String signed(Path keys, String user, Instant issuedAt) {
        return TokenSigner.read(keys).token(claims -> {
            claims.setSubject(user);
            claims.setIssuedAt(NumericDate.fromSeconds(issuedAt.getEpochSecond()));
        });
    }

    private static String token(LocalStack stack, String user) {
        return Json.parseObject(body(HttpRequest.newBuilder(URI.create(stack.url() + "/dev/tokens"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"user\":\"" + user + "\"}")))
                        .body())
                .path("token")
                .asText();
    }

    private static int status(LocalStack stack, String token) {
        return body(HttpRequest.newBuilder(URI.create(stack.url() + "/v1/partition"))
                        .header("Authorization", "Bearer " + token))
                .statusCode();
    }

    private static HttpResponse<String> body(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
