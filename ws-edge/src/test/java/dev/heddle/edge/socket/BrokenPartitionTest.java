package dev.heddle.edge.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import dev.heddle.testing.BatchDamage;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An edge beside a partition with bytes that nobody can read. */
class BrokenPartitionTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static FreshCluster cluster;
    private static TokenSigner tokens;
    private static int users;

    /** In one partition, and in another one. */
    private String alice = "";

    private String bob = "";

    @BeforeAll
    static void start(@TempDir Path directory) {
        tokens = TokenSigner.ellipticIn(directory);
        cluster = KafkaFixture.freshCluster();
        EdgeRig.prepare(cluster.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void takeTwoUsers() {
        alice = userIn(0);
        bob = userIn(1);
    }

    private static String userIn(int partition) {
        while (true) {
            String user = "user-" + users++;
            if (partitionOf(user) == partition) {
                return user;
            }
        }
    }

    private static int partitionOf(String user) {
        return Partitioning.partitionOf(UserKey.of(user), EdgeRig.LAYOUT.partitions());
    }

    private static EdgeRig edge() {
        return EdgeRig.start(cluster.bootstrapServers(), tokens);
    }

    @Test
    void anEdgeStartsBesideADamagedBatchAndOnlyThatBatchIsMissing() {
        long first;
        try (EdgeRig before = edge()) {
            first = end(alice);
            IntStream.range(0, 10).forEach(i -> before.publish(alice, i, "a" + i));
            IntStream.range(0, 3).forEach(i -> before.publish(bob, i, "b" + i));
        }
        cluster.damage(Topics.AGENT_EVENTS, 0, first + 5, BatchDamage.PAYLOAD);
        cluster.damage(Topics.AGENT_EVENTS, 0, first + 9, BatchDamage.PAYLOAD);
        try (EdgeRig edge = edge();
                TestClient other = edge.connect(bob, "?from=earliest");
                TestClient concerned = edge.connect(alice, "?from=earliest")) {
            assertEquals(200, edge.manage("/health/ready").statusCode());
            assertEquals(List.of("b0", "b1", "b2"), deltas(other, 3));
            assertEquals(List.of("a0", "a1", "a2", "a3", "a4", "a6", "a7", "a8"), deltas(concerned, 8));
            ObjectNode caughtUp = concerned.next("caughtUp");
            edge.publish(alice, 10, "a10");
            assertEquals(List.of("a10"), deltas(concerned, 1));
            try (TestClient back =
                    edge.connect(alice, "?cursor=" + caughtUp.path("cursor").asText())) {
                assertEquals("resumed", back.next("hello").path("resume").asText());
                assertEquals(List.of("a10"), deltas(back, 1));
            }
            assertEquals(200, edge.manage("/health/ready").statusCode());
            assertFalse(other.closed().isDone() || concerned.closed().isDone(), "nobody was closed");
            await("it is counted")
                    .atMost(SOON)
                    .until(() -> edge.meter("heddle_edge_log_unreadable_offsets_total") >= 2);
            assertEquals(0, edge.meter("heddle_edge_renewals"));
        }
    }

    @Test
    void theTailGoesOnBehindADamagedBatchAndOthersNoticeNothing() {
        try (EdgeRig edge = edge();
                TestClient other = edge.connect(bob, "")) {
            other.next("caughtUp");
            long first = end(alice);
            IntStream.range(0, 4).forEach(i -> edge.publish(alice, i, "a" + i));
            cluster.damage(Topics.AGENT_EVENTS, 0, first + 3, BatchDamage.PAYLOAD);
            // The tail begins a little before the end, so it is the tail that meets the batch.
            try (TestClient concerned = edge.connect(alice, "")) {
                concerned.next("caughtUp");
                edge.publish(alice, 4, "a4");
                edge.publish(bob, 0, "b0");
                assertEquals(List.of("b0"), deltas(other, 1));
                assertEquals(List.of("a4"), deltas(concerned, 1));
                assertFalse(other.closed().isDone() || concerned.closed().isDone(), "nobody was closed");
                assertEquals(0, edge.meter("heddle_edge_renewals"));
                assertTrue(edge.meter("heddle_edge_log_unreadable_offsets_total") >= 1, "the tail met no damage");
            }
        }
    }

    @Test
    void recordsThatAreNoEventsAreCountedAndSkipped() {
        byte[] unknownSchema = new byte[30];
        unknownSchema[0] = (byte) 0xC3;
        unknownSchema[1] = 1;
        try (EdgeRig edge = edge();
                TestClient concerned = edge.connect(alice, "")) {
            concerned.next("caughtUp");
            edge.publish(alice, 0, "a0");
            byte[] key = UserKey.of(alice).utf8();
            append(key, "no Avro".getBytes(UTF_8));
            append(key, unknownSchema);
            append(key, new byte[0]);
            append(key, new byte[900 * 1024]);
            append(key, null);
            append(null, new byte[] {1});
            append(new byte[] {(byte) 0xFF}, new byte[] {1});
            append(new byte[300], new byte[] {1});
            edge.publish(alice, 1, "a1");
            assertEquals(List.of("a0", "a1"), deltas(concerned, 2));
            try (TestClient late = edge.connect(alice, "?from=earliest")) {
                assertEquals(List.of("a0", "a1"), deltas(late, 2));
            }
            assertFalse(concerned.closed().isDone());
            double counted = edge.meter("heddle_edge_records_bad_total{fault=\"undecodable\"}");
            assertTrue(counted >= 8, () -> "counted: " + counted);
        }
    }

    @Test
    void anEdgeStartsBesideDamagedBatchesOfTheOtherTopicsAndSaysWhichRevocationsItCannotObey() throws Exception {
        byte[] key = UserKey.of(alice).utf8();
        List<RecordMetadata> damaged = new ArrayList<>();
        try (EdgeRig before = edge();
                KafkaProducer<byte[], byte[]> producer = producer()) {
            IntStream.range(0, 3).forEach(i -> before.publish(alice, i, "a" + i));
            for (String topic : List.of(Topics.AGENT_REVOCATIONS, Topics.AGENT_EXECUTORS, Topics.AGENT_COMMANDS)) {
                damaged.add(producer.send(new ProducerRecord<>(topic, key, new byte[] {1}))
                        .get());
            }
            damaged.add(producer.send(new ProducerRecord<>(Topics.AGENT_EVENTS_INDEX, 0, key, new byte[] {1}))
                    .get());
        }
        damaged.forEach(each -> cluster.damage(each.topic(), each.partition(), each.offset(), BatchDamage.COMPRESSION));
        try (EdgeRig edge = edge();
                TestClient client = edge.connect(alice, "?from=earliest&agents=true");
                TestClient other = edge.connect(bob, "")) {
            assertEquals(200, edge.manage("/health/ready").statusCode());
            assertEquals(1, client.next("agents").path("agents").size());
            assertEquals(List.of("a0", "a1", "a2"), deltas(client, 3));
            assertEquals(1, edge.meter("heddle_edge_revocations_unreadable_total"));
            edge.revoke(bob, Instant.now().plusSeconds(5));
            assertEquals(4401, other.closed().get(30, TimeUnit.SECONDS), "what comes later is obeyed");
        }
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static void append(byte @Nullable [] key, byte @Nullable [] value) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            var unused = producer.send(new ProducerRecord<>(Topics.AGENT_EVENTS, 0, key, value))
                    .get(SOON.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("the record is not in the log", e);
        }
    }

    /** The offset that the user's next event gets. */
    private static long end(String user) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            return producer.send(new ProducerRecord<>(Topics.AGENT_EVENTS, partitionOf(user), new byte[] {'x'}, null))
                            .get()
                            .offset()
                    + 1;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> deltas(TestClient client, int count) {
        List<String> deltas = new ArrayList<>();
        while (deltas.size() < count) {
            for (JsonNode item : client.next("events").path("events")) {
                deltas.add(item.path("event").path("delta").asText());
            }
        }
        return deltas;
    }
}
