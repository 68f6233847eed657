package dev.heddle.ingest;

import static dev.heddle.ingest.Sender.batch;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.config.Settings;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.testing.Background;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.RunLog;
import dev.heddle.token.TokenSigner;
import dev.heddle.topic.TopicAdmin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka goes away in the middle and comes back. */
class KafkaAwayTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /**
     * As a sender does it: again, until it is answered with 200. A broker that has just come back may be slow at first.
     */
    private static void taken(Sender sender, ObjectNode batch) {
        await("the batch is taken").atMost(LIMIT).until(() -> {
            int status = sender.post("alice", batch).status();
            assertTrue(status == 200 || status == 503, "answered with " + status);
            return status == 200;
        });
    }

    @Test
    void whileKafkaIsAwayABatchIsAnsweredWith503AndTheSameBatchIsTakenAfterwards(@TempDir Path directory)
            throws Exception {
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        try (FreshCluster cluster = KafkaFixture.freshCluster()) {
            TopicLayout layout = TopicLayout.local().withPartitions(2);
            try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", cluster.bootstrapServers()))) {
                TopicAdmin.create(admin, layout);
            }
            IngestConfig config = Settings.with(
                    IngestConfigs.of(cluster.bootstrapServers(), layout.partitions(), tokens), "http.answerWithin=3s");
            try (Ingest ingest = Ingest.start(config)) {
                Sender sender = new Sender(
                        ingest.port(), tokens.token(claims -> claims.setStringClaim("scope", "events:write")));
                assertEquals(200, sender.post("alice", batch("r", 0, 3, "x")).status());
                cluster.stopBroker(0);
                ObjectNode next = batch("r", 3, 4, "x");
                Sender.Reply away =
                        Background.supply(() -> sender.post("alice", next)).get(30, TimeUnit.SECONDS);
                assertEquals(503, away.status(), away.toString());
                assertTrue(away.response().headers().firstValue("Retry-After").isPresent());
                cluster.startBroker(0);
                taken(sender, next);
                taken(sender, next);
                taken(sender, batch("r", 7, 1, "x"));
            }
            try (RunLog log = new RunLog(cluster.bootstrapServers())) {
                List<Long> numbers = log.of(UserKey.of("alice"), "r").stream()
                        .map(event ->
                                Objects.requireNonNull(event.envelope().run()).runSeq())
                        .toList();
                assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L), numbers);
            }
        }
    }
}
