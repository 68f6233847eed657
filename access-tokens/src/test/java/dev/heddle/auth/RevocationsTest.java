package dev.heddle.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.RevocationCodec;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicAdmin;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import dev.heddle.testing.Await;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.TestTokens;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jose4j.jwt.NumericDate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class RevocationsTest {

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final UserKey ALICE = UserKey.of("alice");
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.500Z");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void whatWasIssuedUntilThenIsCoveredAndWhatCameLaterIsNot() {
        Revocations revocations = new Revocations();
        assertFalse(revocations.covers(ALICE, null));
        revocations.revoke(ALICE, NOON);
        assertTrue(revocations.covers(ALICE, Instant.parse("2026-01-01T11:59:59Z")));
        assertTrue(revocations.covers(ALICE, Instant.parse("2026-01-01T12:00:00Z")));
        assertFalse(revocations.covers(ALICE, Instant.parse("2026-01-01T12:00:01Z")));
        assertTrue(revocations.covers(ALICE, null), "a token that does not say when it was issued");
        assertFalse(revocations.covers(UserKey.of("bob"), null));
        revocations.withdraw(ALICE);
        assertFalse(revocations.covers(ALICE, null));
    }

    @Test
    void listenersAreToldAfterItIsSo() {
        Revocations revocations = new Revocations();
        List<Boolean> seen = new CopyOnWriteArrayList<>();
        revocations.subscribe(user -> seen.add(revocations.covers(user, NOON.minusSeconds(1))));
        revocations.revoke(ALICE, NOON);
        assertEquals(List.of(true), seen);
    }

    @Test
    void theTopicIsReadToItsEndAndOn(@TempDir Path directory) {
        TestTokens tokens = TestTokens.in(directory);
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", KAFKA.bootstrapServers()))) {
            TopicAdmin.create(admin, TopicLayout.local().withPartitions(4));
        }
        append("early", RevocationCodec.encode(NOON));
        append("unreadable", "not Avro".getBytes(StandardCharsets.UTF_8));
        append("", RevocationCodec.encode(NOON));
        try (Access access = Access.open(
                AuthConfig.defaults().withKeys(tokens.file().toString()),
                KafkaClientSettings.at(KAFKA.bootstrapServers()),
                Clock.systemUTC())) {
            Await.until("it has been read", LIMIT, access::hasRevocations);
            assertTrue(access.revocations().covers(UserKey.of("early"), NOON.minusSeconds(1)));
            assertTrue(access.revocations().covers(UserKey.of("unreadable"), NOON));
            String token = tokens.token(claims -> {
                claims.setSubject("late");
                claims.setIssuedAt(NumericDate.fromSeconds(NOON.getEpochSecond()));
            });
            assertTrue(access.verifier().verify(token) instanceof TokenVerdict.Verified);
            append("late", RevocationCodec.encode(NOON));
            Await.until("it is refused", LIMIT, () -> access.verifier()
                    .verify(token)
                    .equals(new TokenVerdict.Refused(TokenVerdict.Reason.REVOKED)));
            append("late", null);
            Await.until(
                    "it is good again", LIMIT, () -> access.verifier().verify(token) instanceof TokenVerdict.Verified);
        }
    }

    private static void append(String user, byte @Nullable [] value) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", KAFKA.bootstrapServers(), "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.AGENT_REVOCATIONS, user.getBytes(StandardCharsets.UTF_8), value))
                    .get();
        } catch (ExecutionException e) {
            throw new AssertionError("Kafka did not take it", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
