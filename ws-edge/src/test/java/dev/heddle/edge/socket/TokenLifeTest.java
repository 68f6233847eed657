package dev.heddle.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Await;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.TestTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jose4j.jwt.NumericDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What may happen to tokens and keys while sessions live by them. */
class TokenLifeTest {

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static String issued(TestTokens tokens, String user, Instant at) {
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
        TestTokens tokens = TestTokens.in(directory);
        try (EdgeRig rig = EdgeRig.start(KAFKA.bootstrapServers(), tokens, config -> config);
                TestClient one = TestClient.connect(rig.port(), "", issued(tokens, "revoked", before));
                TestClient undated = TestClient.connect(rig.port(), "", tokens.token("revoked"));
                TestClient renewed = TestClient.connect(rig.port(), "", issued(tokens, "revoked", before));
                TestClient other = TestClient.connect(rig.port(), "", issued(tokens, "revoked-not", before))) {
            one.next("hello");
            undated.next("hello");
            renewed.next("hello");
            other.next("hello");
            renewed.send(renewal(issued(tokens, "revoked", now)));
            renewed.next("token");
            rig.revoke("revoked", now.minusSeconds(10));
            assertEquals(4401, one.closeCode());
            assertEquals(4401, undated.closeCode());
            try (TestClient again = TestClient.connect(rig.port(), "", issued(tokens, "revoked", before))) {
                assertEquals(4401, again.closeCode());
            }
            try (TestClient fresh = TestClient.connect(rig.port(), "", issued(tokens, "revoked", now))) {
                fresh.next("hello");
            }
            renewed.send(renewal(issued(tokens, "revoked", before)));
            assertEquals(4401, renewed.closeCode());
            other.send("{\"type\":\"ping\"}");
            other.next("pong");
        }
    }

    @Test
    void anEdgeKnowsBeforeItIsReadyWhatWasRevokedEarlier(@TempDir Path directory) {
        TestTokens tokens = TestTokens.in(directory);
        Instant now = Instant.now();
        try (EdgeRig rig = EdgeRig.start(KAFKA.bootstrapServers(), tokens, config -> config)) {
            rig.revoke("revoked-before", now);
        }
        try (EdgeRig rig = EdgeRig.start(KAFKA.bootstrapServers(), tokens, config -> config);
                TestClient client = TestClient.connect(rig.port(), "", issued(tokens, "revoked-before", now))) {
            assertEquals(4401, client.closeCode());
        }
    }

    @Test
    void keysAreChangedUnderSessionsThatGoOn(@TempDir Path directory) throws IOException {
        TestTokens old = TestTokens.in(Files.createDirectories(directory.resolve("old")), "old");
        TestTokens fresh = TestTokens.in(Files.createDirectories(directory.resolve("new")), "new");
        Duration coolDown = Duration.ofMillis(100);
        try (EdgeRig rig = EdgeRig.start(
                        KAFKA.bootstrapServers(),
                        old,
                        config -> config.withAuth(config.auth().withRotation(Duration.ofHours(1), coolDown)));
                TestClient staying = rig.connect("stays", "")) {
            staying.next("caughtUp");
            long replaced = System.nanoTime();
            Files.copy(fresh.file(), old.file(), StandardCopyOption.REPLACE_EXISTING);
            Await.until("the cool-down is over", LIMIT, () -> System.nanoTime() - replaced > 2 * coolDown.toNanos());
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
    void withTenantsTheSameNameIsTwoUsers(@TempDir Path directory) {
        TestTokens tokens = TestTokens.in(directory);
        try (EdgeRig rig = EdgeRig.start(
                        KAFKA.bootstrapServers(),
                        tokens,
                        config -> config.withAuth(config.auth().withTenantClaim("org")));
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

    private static String ofTenant(TestTokens tokens, String tenant) {
        return tokens.token(claims -> {
            claims.setSubject("bob");
            claims.setStringClaim("org", tenant);
        });
    }
}
