package dev.heddle.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.heddle.testing.Background;
import dev.heddle.token.TokenSigner;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that change while tokens are judged by them. */
class KeyRotationTest {

    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration BRIEFLY = Duration.ofSeconds(2);
    private static final int PLACES = 50;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path directory = Path.of("");

    private volatile byte[] answer = new byte[0];
    private final AtomicInteger status = new AtomicInteger(200);
    private final AtomicInteger asked = new AtomicInteger();
    private KeyWaitLimit room = new KeyWaitLimit(PLACES, LIMIT);
    private volatile CountDownLatch held = new CountDownLatch(0);
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
            await(held);
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

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private TokenSigner tokens(String id) {
        try {
            return TokenSigner.ellipticIn(Files.createDirectories(directory.resolve(id)), id);
        } catch (IOException e) {
            throw new AssertionError("no directory", e);
        }
    }

    private void publish(TokenSigner tokens) {
        try {
            answer = Files.readAllBytes(tokens.file());
        } catch (IOException e) {
            throw new AssertionError("no keys", e);
        }
    }

    private KeySource source(Duration refresh, Duration coolDown) {
        return KeySource.watching(location(), rotation(refresh, coolDown));
    }

    private KeyLocation location() {
        return KeyLocation.url("http://127.0.0.1:" + server.getAddress().getPort() + "/keys");
    }

    private static KeySource.Rotation rotation(Duration refresh, Duration coolDown) {
        return new KeySource.Rotation(refresh, coolDown, NEVER);
    }

    private static TokenVerifier verifier(KeySource keys) {
        return new TokenVerifier(
                AuthConfig.defaults(),
                new TokenVerifier.Knowledge(keys, Revocations.none(), Clock.systemUTC()),
                SignatureChecks.onCallersThread());
    }

    private CompletableFuture<TokenVerdict> asked(TokenVerifier verifier, String token) {
        CompletableFuture<TokenVerdict> verdict = new CompletableFuture<>();
        verifier.verify(token, new TokenVerifier.Caller("here", room), verdict::complete);
        return verdict.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private TokenVerdict judged(TokenVerifier verifier, String token) {
        return asked(verifier, token).join();
    }

    @Test
    void aTokenOfANewKeyThatComesWithinTheCoolDownWaitsForTheNextLook() {
        TokenSigner old = tokens("old");
        TokenSigner fresh = tokens("fresh");
        publish(old);
        try (KeySource keys = source(NEVER, BRIEFLY)) {
            TokenVerifier verifier = verifier(keys);
            publish(fresh);
            CompletableFuture<TokenVerdict> waiting = asked(verifier, fresh.token("alice"));
            // Nobody else waits with it, though the verifier has no thread but its caller's.
            assertInstanceOf(TokenVerdict.Verified.class, judged(verifier, old.token("alice")));
            assertFalse(waiting.isDone());
            assertInstanceOf(TokenVerdict.Verified.class, waiting.join());
            assertEquals(2, asked.get());
            assertInstanceOf(TokenVerdict.Refused.class, judged(verifier, old.token("alice")));
        }
    }

    @Test
    void oneLookAnswersAllWhoWaitAndAFullRoomHoldsUpNobodyElse() {
        publish(tokens("old"));
        String invented = tokens("invented").token("mallory");
        TokenSigner fresh = tokens("fresh");
        String good = fresh.token("alice");
        try (KeySource keys = source(NEVER, BRIEFLY)) {
            TokenVerifier verifier = verifier(keys);
            publish(fresh);
            List<CompletableFuture<TokenVerdict>> strangers = Stream.generate(() -> asked(verifier, invented))
                    .limit(PLACES)
                    .toList();
            assertEquals(PLACES, room.taken());
            assertTrue(asked(verifier, invented).isDone(), "one too many waits");
            CompletableFuture<TokenVerdict> elsewhere = new CompletableFuture<>();
            verifier.verify(good, new TokenVerifier.Caller("there", new KeyWaitLimit(1, LIMIT)), elsewhere::complete);
            assertInstanceOf(
                    TokenVerdict.Verified.class,
                    elsewhere.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join());
            strangers.forEach(
                    stranger -> assertEquals(new TokenVerdict.Refused(TokenVerdict.Reason.INVALID), stranger.join()));
            assertEquals(2, asked.get());
            Awaitility.await("the room is empty").atMost(LIMIT).until(() -> room.taken() == 0);
        }
    }

    @Test
    void nobodyWaitsForLongerThanTheirPatienceWhateverTheAddressDoes() {
        publish(tokens("old"));
        TokenSigner fresh = tokens("fresh");
        Duration patience = Duration.ofMillis(300);
        room = new KeyWaitLimit(PLACES, patience);
        try (KeySource keys = source(NEVER, SOON)) {
            TokenVerifier verifier = verifier(keys);
            CountDownLatch answering = new CountDownLatch(1);
            held = answering;
            long begun = System.nanoTime();
            assertInstanceOf(TokenVerdict.Refused.class, judged(verifier, fresh.token("alice")));
            assertTrue(System.nanoTime() - begun >= patience.toNanos(), "it did not wait");
            publish(fresh);
            answering.countDown();
            Awaitility.await("the address answers again")
                    .atMost(LIMIT)
                    .until(() -> judged(verifier, fresh.token("alice")) instanceof TokenVerdict.Verified);
        }
        try (KeySource keys = source(NEVER, NEVER)) {
            assertTrue(asked(verifier(keys), tokens("other").token("alice")).isDone(), "the next look is too far away");
        }
    }

    @Test
    void whoWaitsWhenTheSourceIsClosedIsAnswered() {
        publish(tokens("old"));
        KeySource keys = source(NEVER, BRIEFLY);
        CompletableFuture<TokenVerdict> waiting =
                asked(verifier(keys), tokens("fresh").token("alice"));
        assertFalse(waiting.isDone());
        keys.close();
        assertTrue(waiting.isDone(), "nobody will look any more");
        assertInstanceOf(TokenVerdict.Refused.class, waiting.join());
        assertTrue(asked(verifier(keys), tokens("late").token("alice")).isDone());
    }

    @Test
    void anAnswerThatTricklesIsCut() throws IOException {
        try (ServerSocket trickling = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var unused = Background.run(() -> trickle(trickling));
            KeyLocation location =
                    KeyLocation.url("http://127.0.0.1:" + trickling.getLocalPort() + "/keys", Duration.ofMillis(500));
            CompletableFuture<VerificationKeys> read =
                    Background.supply(location::read).orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS);
            CompletionException failed = assertThrows(CompletionException.class, read::join);
            assertInstanceOf(UnusableKeysException.class, failed.getCause());
        }
    }

    /** A head, and no end of a body, until the reader or the test hangs up. */
    private static void trickle(ServerSocket server) {
        try (Socket peer = server.accept()) {
            peer.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"keys\":"
                            .getBytes(StandardCharsets.US_ASCII));
            int head = peer.getInputStream().read();
            while (head >= 0) {
                head = peer.getInputStream().read();
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    @Test
    void inventedKeyIdsDoNotMakeItAskOverAndOver() {
        TokenSigner old = tokens("old");
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
        TokenSigner old = tokens("old");
        publish(old);
        try (KeySource keys = source(SOON, SOON)) {
            TokenVerifier verifier = verifier(keys);
            for (int code : new int[] {500, 302, 200}) {
                int failures = keys.failures();
                answer = "<html>maintenance</html>".getBytes(StandardCharsets.UTF_8);
                status.set(code);
                Awaitility.await("a look failed").atMost(LIMIT).until(() -> keys.failures() > failures);
                assertInstanceOf(TokenVerdict.Verified.class, judged(verifier, old.token("alice")));
            }
            answer = new byte[KeyLocation.MAX_BYTES + 10];
            int failures = keys.failures();
            Awaitility.await("a look failed").atMost(LIMIT).until(() -> keys.failures() > failures + 1);
            assertInstanceOf(TokenVerdict.Verified.class, judged(verifier, old.token("alice")));
            publish(tokens("fresh"));
            Awaitility.await("the new keys are there")
                    .atMost(LIMIT)
                    .until(() -> judged(verifier, old.token("alice")) instanceof TokenVerdict.Refused);
        }
    }

    @Test
    void anEmptySetMeansThatThereAreNone() {
        TokenSigner old = tokens("old");
        publish(old);
        try (KeySource keys = source(SOON, SOON)) {
            TokenVerifier verifier = verifier(keys);
            assertInstanceOf(TokenVerdict.Verified.class, judged(verifier, old.token("alice")));
            answer = "{\"keys\":[]}".getBytes(StandardCharsets.UTF_8);
            Awaitility.await("there are no keys").atMost(LIMIT).until(() -> !keys.isUsable());
            assertEquals(0, keys.failures());
            assertInstanceOf(TokenVerdict.Refused.class, judged(verifier, old.token("alice")));
            // Nor is one that could not be used any other than none.
            answer = "{\"keys\":[{\"kty\":\"XX\"},null,7]}".getBytes(StandardCharsets.UTF_8);
            int before = asked.get();
            Awaitility.await("it has been read").atMost(LIMIT).until(() -> asked.get() > before + 1);
            assertFalse(keys.isUsable());
            publish(old);
            Awaitility.await("they are there again").atMost(LIMIT).until(keys::isUsable);
            assertInstanceOf(TokenVerdict.Verified.class, judged(verifier, old.token("alice")));
        }
    }

    @Test
    void keysThatCannotBeReadAnyMoreHoldForTheirGreatestAgeAndNoLonger() {
        TokenSigner old = tokens("old");
        publish(old);
        KeySource.Rotation brief = new KeySource.Rotation(SOON, SOON, BRIEFLY);
        try (KeySource keys = KeySource.watching(location(), brief)) {
            TokenVerifier verifier = verifier(keys);
            status.set(500);
            Awaitility.await("a look failed").atMost(LIMIT).until(() -> keys.failures() > 0);
            assertInstanceOf(TokenVerdict.Verified.class, judged(verifier, old.token("alice")));
            Awaitility.await("they hold no more")
                    .atMost(LIMIT)
                    .until(() -> judged(verifier, old.token("alice")) instanceof TokenVerdict.Refused);
            assertFalse(keys.isUsable());
            assertEquals(0, keys.count());
            assertTrue(keys.ageNanos() > BRIEFLY.toNanos());
            status.set(200);
            Awaitility.await("they are good again")
                    .atMost(LIMIT)
                    .until(() -> judged(verifier, old.token("alice")) instanceof TokenVerdict.Verified);
        }
    }

    @Test
    void goodKeysAreTakenBesideBadOnesWhichAreNamed() {
        TokenSigner good = tokens("good");
        TokenSigner twin = tokens("twin");
        twin.key().setKeyId("good");
        TokenSigner forEncryption = tokens("enc");
        forEncryption.key().setUse("enc");
        TokenSigner otherAlgorithm = tokens("hash");
        otherAlgorithm.key().setAlgorithm("ES512");
        String document = "{\"keys\":[{\"kty\":\"EC\",\"kid\":\"half\",\"crv\":\"P-256\",\"x\":\"AA\"},"
                + "{\"kty\":\"oct\",\"kid\":\"shared\",\"k\":\"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0\"},"
                + "{\"kty\":\"oct\",\"kid\":\"\\u001b[31m\",\"k\":\"AA\"},"
                + forEncryption.key().toJson() + "," + otherAlgorithm.key().toJson() + ","
                + twin.key().toJson() + "," + good.key().toJson() + "]}";
        VerificationKeys keys = VerificationKeys.parse(document, "the test");
        assertEquals(2, keys.count());
        assertEquals(
                List.of(
                        "key 0 (half) cannot be read",
                        "key 1 (shared) is symmetric; only public or private keys are accepted",
                        "key 2 is symmetric; only public or private keys are accepted",
                        "key 3 (enc) is not for signatures",
                        "key 4 (hash) is for an algorithm that is not supported"),
                keys.problems());
        TokenVerifier verifier = new TokenVerifier(AuthConfig.defaults(), keys, Clock.systemUTC());
        assertInstanceOf(TokenVerdict.Verified.class, verifier.verify(good.token("alice")));
        assertInstanceOf(TokenVerdict.Verified.class, verifier.verify(twin.token("alice")), "one key id, two keys");
        assertInstanceOf(TokenVerdict.Refused.class, verifier.verify(forEncryption.token("alice")));
    }

    @Test
    void anAddressThatIsAwayAtStartIsAskedUntilItAnswers() {
        status.set(503);
        try (KeySource keys = source(NEVER, SOON)) {
            assertEquals(false, keys.isUsable());
            publish(tokens("late"));
            status.set(200);
            Awaitility.await("there are keys").atMost(LIMIT).until(keys::isUsable);
        }
    }

    @Test
    void aFileIsReadAgainAndAHalfWrittenOneChangesNothing() throws IOException {
        TokenSigner old = tokens("old");
        TokenSigner fresh = tokens("fresh");
        Path file = Files.copy(old.file(), directory.resolve("keys.json"));
        try (KeySource keys = KeySource.watching(KeyLocation.file(file.toString()), rotation(SOON, SOON))) {
            TokenVerifier verifier = verifier(keys);
            Files.writeString(file, "{\"keys\":[{\"kt");
            Awaitility.await("a look failed").atMost(LIMIT).until(() -> keys.failures() > 0);
            assertInstanceOf(TokenVerdict.Verified.class, judged(verifier, old.token("alice")));
            Files.write(file, Files.readAllBytes(fresh.file()));
            Awaitility.await("the new keys are there")
                    .atMost(LIMIT)
                    .until(() -> judged(verifier, fresh.token("alice")) instanceof TokenVerdict.Verified);
        }
        Files.delete(file);
        assertThrows(
                UnusableKeysException.class,
                () -> KeySource.watching(KeyLocation.file(file.toString()), rotation(SOON, SOON)));
    }
}
