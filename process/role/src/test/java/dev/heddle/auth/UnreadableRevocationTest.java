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
import dev.heddle.testing.BatchDamage;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import dev.heddle.topic.TopicAdmin;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnreadableRevocationTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void aRevocationThatNobodyCanReadIsCountedAndTheOthersAreObeyed(@TempDir Path directory) throws Exception {
        Instant before = Instant.now().minusSeconds(60);
        try (FreshCluster cluster = KafkaFixture.freshCluster();
                Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", cluster.bootstrapServers()));
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", cluster.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            TopicAdmin.create(admin, TopicLayout.local().withPartitions(4));
            revoke(producer, "alice");
            RecordMetadata lost = revoke(producer, "bob");
            revoke(producer, "carol");
            cluster.damage(Topics.AGENT_REVOCATIONS, lost.partition(), lost.offset(), BatchDamage.PAYLOAD);
            try (Access access = Access.open(
                    Settings.with(
                            AuthConfig.defaults(),
                            "keys=" + TokenSigner.ellipticIn(directory).file()),
                    KafkaClientSettings.at(cluster.bootstrapServers()),
                    Clock.systemUTC())) {
                await("they have been read").atMost(SOON).until(access::hasRevocations);
                assertTrue(access.revocations().covers(UserKey.of("alice"), before));
                assertTrue(access.revocations().covers(UserKey.of("carol"), before));
                assertFalse(access.revocations().covers(UserKey.of("bob"), before));
                assertEquals(1, access.unreadableRevocations());

                revoke(producer, ""); // nobody's, so it can't be obeyed either
                revoke(producer, "bob");
                await("bob's is there again").atMost(SOON).until(() -> access.revocations()
                        .covers(UserKey.of("bob"), before));
                await("both are counted").atMost(SOON).until(() -> access.unreadableRevocations() == 2);
            }
        }
    }

    private static RecordMetadata revoke(KafkaProducer<byte[], byte[]> producer, String user) throws Exception {
        return producer.send(new ProducerRecord<>(
                        Topics.AGENT_REVOCATIONS,
                        user.getBytes(StandardCharsets.UTF_8),
                        RevocationCodec.encode(Instant.now())))
                .get();
    }
}
