package dev.heddle.edge.socket;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwt.NumericDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What may happen to tokens and keys while sessions live by them. */
class TokenLifeTest {

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    /** Longer than it takes from the start of an edge to the first tokens. */
    private static final Duration COOL_DOWN = Duration.ofSeconds(4);

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static final Duration BRIEF = Duration.ofMillis(200);

    private static String issued(TokenSigner tokens, String user, Instant at) {
        return tokens.token(claims -> {
            claims.setSubject(user);
            claims.setIssuedAt(NumericDate.fromSeconds(at.getEpochSecond()));
        });
    }

    private static String renewal(String token) {
        return "{\"type\":\"token\",\"token\":\"" + token + "\"}";
    }

    @Test
    void sessionsOfARevokedUserEndAndOnlyALaterTokenComesInAgain(@TempDir Path directory) {
        Instant now = Instant.now();
        Instant before = now.minusSeconds(100);
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        try (EdgeRig rig = EdgeRig.start(KAFKA.bootstrapServers(), tokens);
                TestClient one = TestClient.connect(rig.port(), "", issued(tokens, "revoked", before));
                TestClient undated = TestClient.connect(rig.port(), "", tokens.token("revoked"));
                TestClient renewed = TestClient.connect(rig.port(), "", issued(tokens, "revoked", before));
                TestClient other = TestClient.connect(rig.port(), "", issued(tokens, "revoked-not", before))) {
            one.next("hello");
            undated.next("hello");
            renewed.next("hello");
            other.next("hello");
            // Dated as far ahead as an issuer's clock may be.
            renewed.send(renewal(issued(tokens, "revoked", now.plusSeconds(20))));
            renewed.next("token");
            rig.revoke("revoked", now.minusSeconds(3_600));
            assertEquals(4401, one.closeCode());
            assertEquals(4401, undated.closeCode());
            assertEquals(4401, renewed.closeCode());
            try (TestClient again = TestClient.connect(rig.port(), "", issued(tokens, "revoked", before))) {
                assertEquals(4401, again.closeCode());
            }
            Instant covered = Instant.now().plusSeconds(2);
            await("the next second").atMost(LIMIT).until(() -> Instant.now().isAfter(covered));
            String late = issued(tokens, "revoked", Instant.now().plusSeconds(29));
            try (TestClient later = TestClient.connect(rig.port(), "", late)) {
                later.next("hello");
                later.send(renewal(issued(tokens, "revoked", before)));
                assertEquals(4401, later.closeCode());
            }
            other.send("{\"type\":\"ping\"}");
            other.next("pong");
        }
    }

    @Test
    void anEdgeKnowsBeforeItIsReadyWhatWasRevokedEarlier(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        Instant now = Instant.now();
        try (EdgeRig rig = EdgeRig.start(KAFKA.bootstrapServers(), tokens)) {
            rig.revoke("revoked-before", now);
        }
        try (EdgeRig rig = EdgeRig.start(KAFKA.bootstrapServers(), tokens);
                TestClient client = TestClient.connect(rig.port(), "", issued(tokens, "revoked-before", now))) {
            assertEquals(4401, client.closeCode());
        }
    }

    @Test
    void keysAreChangedUnderSessionsThatGoOn(@TempDir Path directory) throws IOException {
        TokenSigner old = in(directory, "old");
        TokenSigner fresh = in(directory, "new");
        try (EdgeRig rig = EdgeRig.start(KAFKA.bootstrapServers(), old, rotating(BRIEF));
                TestClient staying = rig.connect("stays", "")) {
            staying.next("caughtUp");
            Files.copy(fresh.file(), old.file(), StandardCopyOption.REPLACE_EXISTING);
            // Nothing has read the file since: this very token makes it known, in the handshake and in a session.
            try (TestClient client = TestClient.connect(rig.port(), "", fresh.token("comes"))) {
                client.next("hello");
            }
            staying.send(renewal(fresh.token("stays")));
            staying.next("token");
            rig.publish("stays", 0, "still here");
            staying.next("events");
            try (TestClient client = TestClient.connect(rig.port(), "", old.token("comes"))) {
                assertEquals(4401, client.closeCode());
            }
            assertEquals(
                    200,
                    rig.get("/v1/partition", Map.of("Authorization", "Bearer " + fresh.token("asks")))
                            .statusCode());
        }
    }

    @Test
    void renewalsCountInTheOrderInWhichTheyCameThoughTheFirstWaitsForItsKey(@TempDir Path directory)
            throws IOException {
        TokenSigner known = in(directory, "known");
        TokenSigner fresh = in(directory, "fresh");
        String invented = in(directory, "invented").token("eager");
        try (EdgeRig rig = EdgeRig.start(KAFKA.bootstrapServers(), known, rotating(COOL_DOWN));
                TestClient client = rig.connect("hurried", "");
                TestClient eager = rig.connect("eager", "")) {
            client.next("caughtUp");
            eager.next("caughtUp");
            Files.writeString(
                    known.file(),
                    new JsonWebKeySet(known.key(), fresh.key()).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
            client.send(renewal(endingIn(fresh, "hurried", 20)));
            client.send(renewal(endingIn(known, "hurried", 30)));
            client.send("{\"type\":\"ping\"}");
            client.next("pong"); // the session goes on meanwhile
            String first = client.next("token").path("expiresAt").asText();
            String last = client.next("token").path("expiresAt").asText();
            assertTrue(Instant.parse(first).isBefore(Instant.parse(last)), first + " " + last);

            for (int i = 0; i <= TokenRenewals.MAX_WAITING + 1; i++) {
                eager.sendToTheLast(renewal(invented));
            }
            assertEquals(4429, eager.closeCode());
        }
    }

    @Test
    void aBadRenewalEndsTheSessionThoughAGoodOneFollows(@TempDir Path directory) throws IOException {
        TokenSigner tokens = in(directory, "known");
        try (EdgeRig rig = EdgeRig.start(KAFKA.bootstrapServers(), tokens, rotating(BRIEF));
                TestClient client = rig.connect("both", "")) {
            client.next("caughtUp");
            String good = tokens.token("both");
            client.send(renewal(in(directory, "invented").token("both")));
            client.sendToTheLast(renewal(good));
            assertEquals(4401, client.closeCode());
        }
    }

    @Test
    void aConnectWaitsForItsKeyNoLongerThanForItsRequest(@TempDir Path directory) throws IOException {
        TokenSigner tokens = in(directory, "known");
        String invented = in(directory, "invented").token("nobody");
        try (EdgeRig rig = EdgeRig.start(KAFKA.bootstrapServers(), tokens, rotating(Duration.ofHours(1)));
                TestClient refused = TestClient.connect(rig.port(), "", invented);
                TestClient other = rig.connect("other", "")) {
            assertEquals(4401, refused.closeCode());
            other.next("hello");
        }
    }

    /** A key of this id, in a place of its own. */
    private static TokenSigner in(Path directory, String keyId) throws IOException {
        return TokenSigner.ellipticIn(Files.createDirectories(directory.resolve(keyId)), keyId);
    }

    private static String[] rotating(Duration coolDown) {
        return new String[] {"auth.keysRefresh=1h", "auth.keysCoolDown=" + coolDown};
    }

    private static String endingIn(TokenSigner tokens, String user, int minutes) {
        return tokens.token(claims -> {
            claims.setSubject(user);
            claims.setExpirationTimeMinutesInTheFuture(minutes);
        });
    }

    @Test
    void withTenantsTheSameNameIsTwoUsers(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        try (EdgeRig rig = EdgeRig.start(KAFKA.bootstrapServers(), tokens, "auth.tenantClaim=org");
                TestClient acme = TestClient.connect(rig.port(), "", ofTenant(tokens, "acme"));
                TestClient other = TestClient.connect(rig.port(), "", ofTenant(tokens, "acm"));
                TestClient none = TestClient.connect(rig.port(), "", tokens.token("4:acmebob"))) {
            assertEquals("4:acmebob", acme.next("hello").path("user").asText());
            assertEquals("3:acmbob", other.next("hello").path("user").asText());
            assertEquals(4401, none.closeCode());
            other.next("caughtUp");
            rig.publish("4:acmebob", 0, "secret");
            acme.next("events");
            rig.publish("3:acmbob", 0, "public");
            String seen = other.next("events").toString();
            assertTrue(seen.contains("public") && !seen.contains("secret"), seen);
        }
    }

    private static String ofTenant(TokenSigner tokens, String tenant) {
        return tokens.token(claims -> {
            claims.setSubject("bob");
            claims.setStringClaim("org", tenant);
        });
    }
}
