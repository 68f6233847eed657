package dev.heddle.auth;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.auth.TokenVerdict.Reason;
import dev.heddle.token.TokenSigner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks of signatures with one thread that is held up, so that the order of those who wait can be seen. */
class FairCheckQueueTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final KeyWaitLimit room = new KeyWaitLimit(10, LIMIT);
    private final List<String> order = new CopyOnWriteArrayList<>();
    private final Revocations revocations = new Revocations(Duration.ZERO);
    private final SettableClock clock = new SettableClock();
    private final SignatureCheckExecutor threads = new SignatureCheckExecutor(1);
    private CountDownLatch held = new CountDownLatch(0);

    @TempDir
    Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init") // made for each test
    private TokenSigner tokens;

    private KeySource keys = KeySource.fixed(null);
    private TokenVerifier verifier = verifier();

    private static final class SettableClock extends Clock {
        private volatile Instant now = Instant.now();

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private TokenVerifier verifier() {
        return new TokenVerifier(AuthConfig.defaults(), new TokenVerifier.Knowledge(keys, revocations, clock), threads);
    }

    @BeforeEach
    void start() {
        tokens = TokenSigner.ellipticIn(directory);
        keys = KeySource.watching(
                KeyLocation.file(tokens.file().toString()),
                new KeySource.Rotation(Duration.ofMillis(50), Duration.ofMillis(50), LIMIT));
        verifier = verifier();
    }

    @AfterEach
    void stop() {
        held.countDown();
        threads.close();
        keys.close();
    }

    /** Keeps the thread busy until it is let go. */
    private void hold() {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        held = release;
        threads.submit(
                new SignatureChecks.Turn("nobody", ""),
                () -> {
                    busy.countDown();
                    awaitQuietly(release);
                },
                () -> order.add("held one crowded out"));
        awaitQuietly(busy);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertTrue(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private CompletableFuture<TokenVerdict> ask(String address, String token) {
        CompletableFuture<TokenVerdict> verdict = new CompletableFuture<>();
        verifier.verify(token, new TokenVerifier.Caller(address, room), answer -> {
            order.add(address);
            verdict.complete(answer);
        });
        return verdict.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** One that has not been seen, with a signature that has to be checked. */
    private String fresh(String user) {
        return tokens.token(claims -> {
            claims.setSubject(user);
            claims.setGeneratedJwtId();
        });
    }

    private static Reason reason(TokenVerdict verdict) {
        return assertInstanceOf(TokenVerdict.Refused.class, verdict).reason();
    }

    @Test
    void anAddressWaitsForOneCheckOfEachOtherWhateverCameBefore() {
        hold();
        List<CompletableFuture<TokenVerdict>> crowd = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            crowd.add(ask("crowd", fresh("u" + i)));
        }
        CompletableFuture<TokenVerdict> other = ask("other", fresh("alice"));
        held.countDown();
        assertInstanceOf(TokenVerdict.Verified.class, other.join());
        crowd.forEach(CompletableFuture::join);
        assertEquals(1, order.indexOf("other"), order.toString());
    }

    @Test
    void aSubjectWaitsForOneCheckOfEachOtherAtItsAddress() {
        hold();
        List<CompletableFuture<TokenVerdict>> flood = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            flood.add(ask("proxy", fresh("greedy")));
        }
        List<Integer> before = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> other =
                ask("proxy", fresh("modest")).thenAccept(verdict -> before.add(order.size() - 1));
        held.countDown();
        other.join();
        flood.forEach(CompletableFuture::join);
        assertEquals(List.of(1), before);
    }

    @Test
    void oneTooManyMakesTheLargestCrowdsOldestRoom() {
        hold();
        CompletableFuture<TokenVerdict> other = ask("other", fresh("alice"));
        List<CompletableFuture<TokenVerdict>> crowd = new ArrayList<>();
        for (int i = 0; i < SignatureCheckExecutor.MOST_WAITING + 9; i++) {
            crowd.add(ask("crowd", "e30." + "e30." + i));
        }
        assertEquals(10, crowd.stream().filter(CompletableFuture::isDone).count());
        assertEquals(Reason.BUSY, reason(crowd.get(0).join()));
        assertEquals(Reason.BUSY, reason(crowd.get(9).join()));
        held.countDown();
        assertInstanceOf(TokenVerdict.Verified.class, other.join());
        assertEquals(Reason.INVALID, reason(crowd.get(10).join()));
        assertEquals(Reason.INVALID, reason(crowd.get(crowd.size() - 1).join()));
    }

    @Test
    void aTokenThatWasFoundGoodIsJudgedAtOnceBesideThoseThatWait() {
        String token = fresh("alice");
        assertInstanceOf(TokenVerdict.Verified.class, ask("here", token).join());
        hold();
        assertInstanceOf(TokenVerdict.Verified.class, ask("elsewhere", token).getNow(null));
    }

    @Test
    void aRevocationIsObeyedAtOnceByATokenThatWasFoundGood() {
        String token = fresh("alice");
        var good =
                assertInstanceOf(TokenVerdict.Verified.class, ask("here", token).join());
        revocations.revoke(good.user(), clock.now.plusSeconds(60));
        assertEquals(Reason.REVOKED, reason(ask("here", token).join()));
        revocations.withdraw(good.user());
        assertInstanceOf(TokenVerdict.Verified.class, ask("here", token).join());
    }

    @Test
    void theEndOfATokenThatWasFoundGoodIsItsEnd() {
        String token = fresh("alice");
        var good =
                assertInstanceOf(TokenVerdict.Verified.class, ask("here", token).join());
        clock.now = good.expiresAt();
        assertEquals(Reason.EXPIRED, reason(ask("here", token).join()));
    }

    @Test
    void aTokenThatWasFoundGoodIsRefusedOnceItsKeyIsWithdrawn() throws Exception {
        String token = fresh("alice");
        assertInstanceOf(TokenVerdict.Verified.class, ask("here", token).join());
        VerificationKeys before = keys.current();
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        TokenSigner next = TokenSigner.ellipticIn(elsewhere, "test");
        Files.copy(next.file(), tokens.file(), StandardCopyOption.REPLACE_EXISTING);
        await("the keys are read again")
                .atMost(LIMIT)
                .until(() -> keys.current() != before
                        && verifier.verify(next.token("alice")) instanceof TokenVerdict.Verified);
        assertEquals(Reason.INVALID, reason(ask("here", token).join()));
        assertEquals(Reason.INVALID, reason(verifier.verify(token)));
    }

    @Test
    void whatIsRememberedIsBounded() {
        CheckedTokens checked = new CheckedTokens();
        VerificationKeys by = keys.current();
        for (int i = 0; i <= CheckedTokens.MOST; i++) {
            checked.add("token-" + i, TokenSigner.claims(claims -> {}), by);
        }
        assertEquals(null, checked.find("token-0", by));
        assertTrue(checked.find("token-" + CheckedTokens.MOST, by) != null);
        checked.add("x".repeat(8_000), TokenSigner.claims(claims -> {}), by);
        assertEquals(null, checked.find("x".repeat(8_000), by));
    }
}
