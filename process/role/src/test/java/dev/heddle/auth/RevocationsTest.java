package dev.heddle.auth;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.config.Settings;
import dev.heddle.event.RevocationCodec;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import dev.heddle.topic.TopicAdmin;
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
        Revocations revocations = new Revocations(Duration.ZERO);
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
    void aRevocationCoversTokensThatAreDatedAheadByTheSkew() {
        Revocations revocations = new Revocations(Duration.ofSeconds(30));
        revocations.revoke(ALICE, NOON);
        assertTrue(revocations.covers(ALICE, NOON.plusSeconds(20)));
        assertTrue(revocations.covers(ALICE, Instant.parse("2026-01-01T12:00:30Z")));
        assertFalse(revocations.covers(ALICE, Instant.parse("2026-01-01T12:00:31Z")));
    }

    @Test
    void ofTwoRevocationsTheLaterInstantCountsWhicheverComesLast() {
        Revocations revocations = new Revocations(Duration.ZERO);
        revocations.revoke(ALICE, NOON);
        revocations.revoke(ALICE, NOON.minusSeconds(3_600));
        assertTrue(revocations.covers(ALICE, NOON.minusSeconds(1)));
        revocations.withdraw(ALICE);
        revocations.revoke(ALICE, NOON.minusSeconds(3_600));
        assertFalse(revocations.covers(ALICE, NOON.minusSeconds(1)));
    }

    @Test
    void itsInstantIsKafkasWhateverTheClockOfTheWriterSays(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", KAFKA.bootstrapServers()))) {
            TopicAdmin.create(admin, TopicLayout.local().withPartitions(4));
        }
        // Looks two minutes into the future, where tokens of the next minute are good.
        Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(2));
        try (Access access = Access.open(
                Settings.with(AuthConfig.defaults(), "keys=" + tokens.file()),
                KafkaClientSettings.at(KAFKA.bootstrapServers()),
                ahead)) {
            await("it has been read").atMost(LIMIT).until(access::hasRevocations);
            Instant now = Instant.now();
            for (String user : List.of("slow", "fast")) {
                String before = issued(tokens, user, now.plusSeconds(20));
                String after = issued(tokens, user, now.plusSeconds(90));
                assertTrue(access.verifier().verify(before) instanceof TokenVerdict.Verified);
                Instant said = user.equals("slow") ? now.minusSeconds(3_600) : now.plusSeconds(3_600);
                append(user, RevocationCodec.encode(said));
                await("it is refused").atMost(LIMIT).until(() -> access.verifier()
                        .verify(before)
                        .equals(new TokenVerdict.Refused(TokenVerdict.Reason.REVOKED)));
                assertTrue(access.verifier().verify(after) instanceof TokenVerdict.Verified, user);
            }
        }
    }

    private static String issued(TokenSigner tokens, String user, Instant at) {
        return tokens.token(claims -> {
            claims.setSubject(user);
            claims.setIssuedAt(NumericDate.fromSeconds(at.getEpochSecond()));
        });
    }

    @Test
    void listenersAreToldAfterItIsSo() {
        Revocations revocations = new Revocations(Duration.ZERO);
        List<Boolean> seen = new CopyOnWriteArrayList<>();
        revocations.subscribe(user -> seen.add(revocations.covers(user, NOON.minusSeconds(1))));
        revocations.revoke(ALICE, NOON);
        assertEquals(List.of(true), seen);
    }

    @Test
    void theTopicIsReadToItsEndAndOn(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", KAFKA.bootstrapServers()))) {
            TopicAdmin.create(admin, TopicLayout.local().withPartitions(4));
        }
        append("early", RevocationCodec.encode(NOON));
        append("unreadable", "not Avro".getBytes(StandardCharsets.UTF_8));
        append("", RevocationCodec.encode(NOON));
        try (Access access = Access.open(
                Settings.with(AuthConfig.defaults(), "keys=" + tokens.file()),
                KafkaClientSettings.at(KAFKA.bootstrapServers()),
                Clock.systemUTC())) {
            await("it has been read").atMost(LIMIT).until(access::hasRevocations);
            assertTrue(access.revocations().covers(UserKey.of("early"), NOON.minusSeconds(1)));
            assertTrue(access.revocations().covers(UserKey.of("unreadable"), NOON));
            String token = tokens.token(claims -> {
                claims.setSubject("late");
                claims.setIssuedAt(NumericDate.fromSeconds(NOON.getEpochSecond()));
            });
            assertTrue(access.verifier().verify(token) instanceof TokenVerdict.Verified);
            append("late", RevocationCodec.encode(NOON));
            await("it is refused").atMost(LIMIT).until(() -> access.verifier()
                    .verify(token)
                    .equals(new TokenVerdict.Refused(TokenVerdict.Reason.REVOKED)));
            append("late", null);
            await("it is good again")
                    .atMost(LIMIT)
                    .until(() -> access.verifier().verify(token) instanceof TokenVerdict.Verified);
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
