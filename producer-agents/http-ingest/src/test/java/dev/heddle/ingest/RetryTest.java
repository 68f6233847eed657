package dev.heddle.ingest;

import static dev.heddle.ingest.Sender.batch;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.config.Settings;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.EventIds;
import dev.heddle.event.Json;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.testing.Background;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.RunLog;
import dev.heddle.token.TokenSigner;
import dev.heddle.topic.RecordLimit;
import dev.heddle.topic.TopicAdmin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Senders whose answers come late or never, runs that a node has forgotten, and records that Kafka refuses. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RetryTest {

    private FreshCluster cluster = KafkaFixture.freshCluster();
    private final TopicLayout layout = TopicLayout.local().withPartitions(2);
    private IngestConfig config = IngestConfig.defaults();
    private String token = "";

    @BeforeAll
    void start(@TempDir Path directory) {
        try (Admin admin = admin()) {
            TopicAdmin.create(admin, layout);
        }
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        token = tokens.token(claims -> claims.setStringClaim("scope", "events:write"));
        config = Settings.with(
                IngestConfigs.of(cluster.bootstrapServers(), layout.partitions(), tokens), "http.answerWithin=20s");
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    private Admin admin() {
        return Admin.create(Map.<String, Object>of("bootstrap.servers", cluster.bootstrapServers()));
    }

    private Sender sender(Ingest node) {
        return new Sender(node.port(), token);
    }

    private List<Long> numbers(String user, String run) {
        try (RunLog log = new RunLog(cluster.bootstrapServers())) {
            return log.of(UserKey.of(user), run).stream()
                    .map(event -> Objects.requireNonNull(event.envelope().run()).runSeq())
                    .toList();
        }
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(0, last).boxed().toList();
    }

    private static CompletableFuture<Sender.Reply> posted(Sender sender, String user, ObjectNode batch) {
        return Background.supply(() -> sender.post(user, batch));
    }

    private static Sender.Reply reply(CompletableFuture<Sender.Reply> posted) throws Exception {
        return posted.get(60, TimeUnit.SECONDS);
    }

    @Test
    void theSameBatchWhileTheFirstTryIsUnderWayIsAnsweredWithItsOutcome() throws Exception {
        try (Ingest node = Ingest.start(config)) {
            Sender sender = sender(node);
            assertEquals(200, sender.post("ann", batch("r", 0, 3, "x")).status());
            cluster.stopBroker(0);
            CompletableFuture<Sender.Reply> first = posted(sender, "ann", batch("r", 3, 4, "x"));
            List<CompletableFuture<Sender.Reply>> again = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                again.add(posted(sender, "ann", batch("r", 3, 4, "x")));
            }
            again.add(posted(sender, "ann", batch("r", 2, 7, "x")));
            again.add(posted(sender, "ann", batch("r", 3, 6, "x")));
            again.add(posted(sender, "ann", batch("r", 4, 2, "x")));
            CompletableFuture<Sender.Reply> other = posted(sender, "ann", batch("r", 3, 4, "theirs"));
            cluster.startBroker(0);
            Sender.Reply outcome = reply(first);
            assertEquals(200, outcome.status(), outcome.toString());
            for (CompletableFuture<Sender.Reply> each : again) {
                Sender.Reply reply = reply(each);
                assertEquals(200, reply.status(), reply.toString());
            }
            // If Kafka was back before it came, it may have been the first one.
            assertEquals(409, reply(other).status(), "a second sender is none of them");
        }
        assertEquals(upTo(8), numbers("ann", "r"));
    }

    @Test
    void runsThatANodeHasForgottenAreLookedUpAndNotDenied() {
        IngestConfig little = Settings.with(config, "runs.known=2", "runs.knownBytes=1MiB");
        try (Ingest node = Ingest.start(little);
                Ingest elsewhere = Ingest.start(little)) {
            Sender sender = sender(node);
            for (int round = 0; round < 3; round++) {
                for (int run = 0; run < 6; run++) {
                    Sender.Reply reply =
                            sender.post("bea", batch("forgotten-" + run, round == 0 ? 0 : 5L * round, 5, "x"));
                    assertEquals(200, reply.status(), round + " " + run + " " + reply);
                }
            }
            for (int run = 0; run < 6; run++) {
                Sender.Reply again = sender.post("bea", batch("forgotten-" + run, 0, 5, "x"));
                assertEquals(200, again.status(), again.toString());
                Sender.Reply there = sender(elsewhere).post("bea", batch("forgotten-" + run, 0, 16, "x"));
                assertEquals(200, there.status(), there.toString());
                Sender.Reply other = sender.post("bea", batch("forgotten-" + run, 0, 5, "theirs"));
                assertEquals(409, other.status(), other.toString());
                assertEquals(
                        "gap",
                        sender.post("bea", batch("forgotten-" + run, 17, 1, "x"))
                                .code());
            }
            assertEquals(
                    "gap", sender.post("bea", batch("never-there", 3, 1, "x")).code());
        }
        for (int run = 0; run < 6; run++) {
            assertEquals(upTo(15), numbers("bea", "forgotten-" + run));
        }
        try (Ingest restarted = Ingest.start(little)) {
            for (int run = 0; run < 6; run++) {
                Sender.Reply other = sender(restarted).post("bea", batch("forgotten-" + run, 0, 16, "theirs"));
                assertEquals(409, other.status(), other.toString());
                assertEquals(
                        200,
                        sender(restarted)
                                .post("bea", batch("forgotten-" + run, 15, 2, "x"))
                                .status());
            }
        }
    }

    @Test
    void anEventThatKafkaRefusesFailsByItselfAndThePartitionGoesOn() throws Exception {
        try (Ingest node = Ingest.start(config)) {
            Sender sender = sender(node);
            assertEquals(200, sender.post("cis", batch("small", 0, 2, "x")).status());
            limit("20000");
            try {
                ObjectNode large = batch("large", 0, 3, "x");
                ((ObjectNode) large.path("events").path(1).path("event")).put("value", "x".repeat(30_000));
                List<CompletableFuture<Sender.Reply>> others = new ArrayList<>();
                CompletableFuture<Sender.Reply> refused = posted(sender, "cis", large);
                for (int i = 0; i < 20; i++) {
                    others.add(posted(sender, "cis", batch("beside-" + i, 0, 3, "x")));
                }
                for (CompletableFuture<Sender.Reply> other : others) {
                    assertEquals(200, reply(other).status(), () -> other.join().toString());
                }
                Sender.Reply reply = reply(refused);
                assertEquals(413, reply.status(), reply.toString());
                assertEquals("too_large", reply.code());
                assertEquals(1, reply.body().path("index").asInt(-1));
                assertEquals(200, sender.post("cis", batch("small", 2, 2, "x")).status());
                // Later the node knows the limit, and nothing of such a batch is appended.
                await("nothing is appended").atMost(Duration.ofSeconds(30)).until(() -> {
                    String run = "large-" + System.nanoTime();
                    ObjectNode again = batch(run, 0, 3, "x");
                    ((ObjectNode) again.path("events").path(1).path("event")).put("value", "x".repeat(30_000));
                    Sender.Reply later = sender.post("cis", again);
                    assertEquals(413, later.status(), later.toString());
                    return numbers("cis", run).isEmpty();
                });
                // Many small ones in one batch are no large one.
                assertEquals(
                        200,
                        sender.post("cis", batch("many", 0, 1_500, "x".repeat(50)))
                                .status());
            } finally {
                limit("1048588");
            }
        }
        assertEquals(upTo(3), numbers("cis", "small"));
        assertEquals(upTo(1_499), numbers("cis", "many"));
        assertFalse(numbers("cis", "large").contains(1L));
        assertFalse(numbers("cis", "large").contains(2L), "nothing comes behind what is missing");
    }

    /**
     * Kafka's producer may send what it gets in the moment in which it learns of a refusal, so this is tried again and
     * again.
     */
    @Test
    void nothingIsAppendedBehindARecordThatKafkaRefuses() throws Exception {
        UserKey user = UserKey.of("dan");
        limit("20000");
        try (RecordLimit unknown = RecordLimit.none()) {
            for (int round = 0; round < 10; round++) {
                try (ChunkedWriter writer = ChunkedWriter.take(0, config, unknown)) {
                    Future<RecordMetadata> before = writer.append(user.utf8(), event(user, round, 0, "x"));
                    Future<RecordMetadata> refused =
                            writer.append(user.utf8(), event(user, round, 1, "x".repeat(30_000)));
                    List<Future<RecordMetadata>> behind = new ArrayList<>();
                    for (int runSeq = 2; runSeq < 50; runSeq++) {
                        behind.add(writer.append(user.utf8(), event(user, round, runSeq, "x")));
                    }
                    writer.flush();
                    assertNull(InFlightBatch.failure(before));
                    assertInstanceOf(RecordTooLargeException.class, InFlightBatch.failure(refused));
                    behind.forEach(each -> assertNotNull(InFlightBatch.failure(each)));
                }
            }
        } finally {
            limit("1048588");
        }
        for (int round = 0; round < 10; round++) {
            assertEquals(upTo(0), numbers("dan", "round-" + round));
        }
    }

    private static byte[] event(UserKey user, int round, long runSeq, String value) {
        RunPlace place = new RunPlace("round-" + round, runSeq, 0);
        ObjectNode event = Json.object()
                .put("type", "CUSTOM")
                .put("timestamp", 1L)
                .put("name", "note")
                .put("value", value);
        return EventCodec.encode(new AgentEvent(new Envelope(EventIds.next(), user, "t", "sender", place), event));
    }

    private void limit(String bytes) throws Exception {
        try (Admin admin = admin()) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, "agent-events"),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }
}
