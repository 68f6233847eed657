package dev.heddle.ingest;

import static dev.heddle.ingest.Sender.batch;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.config.Settings;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import dev.heddle.testing.BatchDamage;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import dev.heddle.topic.TopicAdmin;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes in the log that nobody can read, in the partition that ingest writes to. */
class BrokenPartitionTest {
    private static final TopicLayout LAYOUT = TopicLayout.local().withPartitions(1);

    @Test
    void aRunGoesOnAfterARestartAlthoughAnotherOnesBatchInItsPartitionIsDamaged(@TempDir Path directory)
            throws Exception {
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        try (FreshCluster cluster = KafkaFixture.freshCluster()) {
            try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", cluster.bootstrapServers()))) {
                TopicAdmin.create(admin, LAYOUT);
            }
            // A site's habit: what it says of isolation is none of the roles' business.
            IngestConfig config = Settings.with(
                    IngestConfigs.of(cluster.bootstrapServers(), LAYOUT.partitions(), tokens),
                    "kafka.properties.isolation.level=read_committed",
                    "kafka.properties.acks=0",
                    "http.answerWithin=10s");
            String token = tokens.token(claims -> claims.setStringClaim("scope", "events:write"));
            try (Ingest ingest = Ingest.start(config)) {
                Sender sender = new Sender(ingest.port(), token);
                assertEquals(200, sender.post("bob", batch("other", 0, 3, "x")).status());
                assertEquals(200, sender.post("alice", batch("r", 0, 3, "x")).status());
            }
            cluster.damage(Topics.AGENT_EVENTS, 0, 0, BatchDamage.PAYLOAD);
            try (Ingest ingest = Ingest.start(config)) {
                Sender sender = new Sender(ingest.port(), token);
                assertEquals(200, sender.post("alice", batch("r", 3, 2, "x")).status());
                assertEquals(200, sender.post("bob", batch("new", 0, 1, "x")).status());
                assertEquals(409, sender.post("alice", batch("r", 9, 1, "x")).status());
            }
        }
    }
}
