package dev.heddle.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpServer;
import dev.heddle.testing.Await;
import dev.heddle.testing.TestTokens;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that change while tokens are judged by them. */
class KeyRotationTest {

    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    Path directory = Path.of("");

    private volatile byte[] answer = new byte[0];
    private final AtomicInteger status = new AtomicInteger(200);
    private final AtomicInteger asked = new AtomicInteger();
    private HttpServer server = server();

    private static HttpServer server() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new AssertionError("no server", e);
        }
    }

    @BeforeEach
    void serve() {
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            byte[] body = answer;
            exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/");
            exchange.sendResponseHeaders(status.get(), body.length == 0 ? -1 : body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private TestTokens tokens(String id) {
        try {
            return TestTokens.in(Files.createDirectories(directory.resolve(id)), id);
        } catch (IOException e) {
            throw new AssertionError("no directory", e);
        }
    }

    private void publish(TestTokens tokens) {
        try {
            answer = Files.readAllBytes(tokens.file());
        } catch (IOException e) {
            throw new AssertionError("no keys", e);
        }
    }

    private KeySource source(Duration refresh, Duration coolDown) {
        return KeySource.watching(
                KeyLocation.url("http://127.0.0.1:" + server.getAddress().getPort() + "/keys"), refresh, coolDown);
    }

    private static TokenVerifier verifier(KeySource keys) {
        return new TokenVerifier(
                AuthConfig.defaults(),
                new TokenVerifier.Knowledge(keys, new Revocations(), Clock.systemUTC()),
                Runnable::run);
    }

    private static TokenVerdict judged(TokenVerifier verifier, String token) {
        CompletableFuture<TokenVerdict> verdict = new CompletableFuture<>();
        verifier.verify(token, verdict::complete);
        return verdict.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    @Test
    void aTokenOfANewKeyWaitsForOneLook() {
        TestTokens old = tokens("old");
        TestTokens fresh = tokens("fresh");
        publish(old);
        try (KeySource keys = source(NEVER, SOON)) {
            TokenVerifier verifier = verifier(keys);
            assertInstanceOf(TokenVerdict.Verified.class, judged(verifier, old.token("alice")));
            publish(fresh);
            Await.until(
                    "the cool-down is over",
                    LIMIT,
                    () -> judged(verifier, fresh.token("alice")) instanceof TokenVerdict.Verified);
            assertInstanceOf(TokenVerdict.Refused.class, judged(verifier, old.token("alice")));
        }
    }

    @Test
    void inventedKeyIdsDoNotMakeItAskOverAndOver() {
        TestTokens old = tokens("old");
        publish(old);
        try (KeySource keys = source(NEVER, NEVER)) {
            TokenVerifier verifier = verifier(keys);
            for (int i = 0; i < 50; i++) {
                assertInstanceOf(
                        TokenVerdict.Refused.class,
                        judged(verifier, tokens("invented-" + i).token("alice")));
            }
            assertEquals(1, asked.get());
        }
    }

    @Test
    void theLastGoodKeysStayWhileTheAddressIsAwayOrTalksNonsense() {
        TestTokens old = tokens("old");
        publish(old);
        try (KeySource keys = source(SOON, SOON)) {
            TokenVerifier verifier = verifier(keys);
            for (int code : new int[] {500, 302, 200}) {
                int failures = keys.failures();
                answer = "{\"keys\":[]}".getBytes(StandardCharsets.UTF_8);
                status.set(code);
                Await.until("a look failed", LIMIT, () -> keys.failures() > failures);
                assertInstanceOf(TokenVerdict.Verified.class, judged(verifier, old.token("alice")));
            }
            answer = new byte[KeyLocation.MAX_BYTES + 10];
            int failures = keys.failures();
            Await.until("a look failed", LIMIT, () -> keys.failures() > failures + 1);
            assertInstanceOf(TokenVerdict.Verified.class, judged(verifier, old.token("alice")));
            publish(tokens("fresh"));
            Await.until(
                    "the new keys are there",
                    LIMIT,
                    () -> judged(verifier, old.token("alice")) instanceof TokenVerdict.Refused);
        }
    }

    @Test
    void anAddressThatIsAwayAtStartIsAskedUntilItAnswers() {
        status.set(503);
        try (KeySource keys = source(NEVER, SOON)) {
            assertEquals(false, keys.isUsable());
            publish(tokens("late"));
            status.set(200);
            Await.until("there are keys", LIMIT, keys::isUsable);
        }
    }

    @Test
    void aFileIsReadAgainAndAHalfWrittenOneChangesNothing() throws IOException {
        TestTokens old = tokens("old");
        TestTokens fresh = tokens("fresh");
        Path file = Files.copy(old.file(), directory.resolve("keys.json"));
        try (KeySource keys = KeySource.watching(KeyLocation.file(file.toString()), SOON, SOON)) {
            TokenVerifier verifier = verifier(keys);
            Files.writeString(file, "{\"keys\":[{\"kt");
            Await.until("a look failed", LIMIT, () -> keys.failures() > 0);
            assertInstanceOf(TokenVerdict.Verified.class, judged(verifier, old.token("alice")));
            Files.write(file, Files.readAllBytes(fresh.file()));
            Await.until(
                    "the new keys are there",
                    LIMIT,
                    () -> judged(verifier, fresh.token("alice")) instanceof TokenVerdict.Verified);
        }
        Files.delete(file);
        assertThrows(
                UnusableKeysException.class, () -> KeySource.watching(KeyLocation.file(file.toString()), SOON, SOON));
    }
}
