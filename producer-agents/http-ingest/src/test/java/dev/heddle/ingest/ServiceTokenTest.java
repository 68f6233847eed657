package dev.heddle.ingest;

import static dev.heddle.ingest.Sender.batch;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.config.Settings;
import dev.heddle.event.RevocationCodec;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import dev.heddle.topic.TopicAdmin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What may happen to a service's token, and to the keys, while a node runs. */
class ServiceTokenTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration COOL_DOWN = Duration.ofMillis(100);

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static Ingest start(TokenSigner tokens) {
        TopicLayout layout = TopicLayout.local().withPartitions(4);
        try (Admin admin = KAFKA.admin()) {
            TopicAdmin.create(admin, layout);
        }
        return Ingest.start(Settings.with(
                IngestConfigs.of(KAFKA.bootstrapServers(), layout.partitions(), tokens),
                "auth.keysRefresh=1h",
                "auth.keysCoolDown=" + COOL_DOWN.toMillis() + "ms"));
    }

    private static String token(TokenSigner tokens, String service) {
        return tokens.token(claims -> {
            claims.setSubject(service);
            claims.setStringClaim("scope", "events:write");
        });
    }

    @Test
    void aKeyThatHasJustComeIntoUseIsLookedForWhenATokenNamesIt(@TempDir Path directory) throws IOException {
        TokenSigner old = TokenSigner.ellipticIn(Files.createDirectories(directory.resolve("old")), "old");
        TokenSigner fresh = TokenSigner.ellipticIn(Files.createDirectories(directory.resolve("fresh")), "fresh");
        try (Ingest node = start(old)) {
            Sender before = new Sender(node.port(), token(old, "a-service"));
            assertEquals(
                    200, before.post("rotated", batch("rotated", 0, 2, "x")).status());
            long replaced = System.nanoTime();
            Files.copy(fresh.file(), old.file(), StandardCopyOption.REPLACE_EXISTING);
            await("the cool-down is over")
                    .atMost(LIMIT)
                    .until(() -> System.nanoTime() - replaced > 2 * COOL_DOWN.toNanos());
            Sender after = new Sender(node.port(), token(fresh, "a-service"));
            assertEquals(200, after.post("rotated", batch("rotated", 2, 2, "x")).status());
            assertEquals(
                    401, before.post("rotated", batch("rotated", 4, 2, "x")).status());
        }
    }

    @Test
    void aRevokedServiceIsRefusedAndAnotherIsNot(@TempDir Path directory) throws Exception {
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        try (Ingest node = start(tokens)) {
            Sender revoked = new Sender(node.port(), token(tokens, "a-revoked-service"));
            Sender other = new Sender(node.port(), token(tokens, "another-service"));
            assertEquals(200, revoked.post("user", batch("revoked", 0, 1, "x")).status());
            revoke("a-revoked-service");
            await("it is refused")
                    .atMost(LIMIT)
                    .until(() ->
                            revoked.post("user", batch("revoked", 0, 1, "x")).status() == 401);
            assertEquals(200, other.post("user", batch("revoked", 0, 1, "x")).status());
        }
    }

    private static void revoke(String service) throws ExecutionException, InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", KAFKA.bootstrapServers(), "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topics.AGENT_REVOCATIONS,
                            UserKey.of(service).utf8(),
                            RevocationCodec.encode(Instant.now())))
                    .get();
        }
    }
}
