package dev.heddle.edge.socket;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka runs, and does not give the log, or a part of it. */
class WithheldPartitionTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    /** More than fit into one fetch of a consumer that waits for records. */
    private static final int REFUSALS = 10;

    private static Admin admin(FreshCluster cluster) {
        return Admin.create(Map.<String, Object>of("bootstrap.servers", cluster.bootstrapServers()));
    }

    @Test
    void sessionsOutliveARightThatIsWithdrawnAndGoOnWhenItIsBack(@TempDir Path directory) throws Exception {
        AclBinding denied = rule(AclOperation.READ, AclPermissionType.DENY);
        try (FreshCluster cluster = KafkaFixture.freshCluster(config -> config.withProperty(
                                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                        .withProperty("allow.everyone.if.no.acl.found", "true"));
                Admin admin = admin(cluster);
                EdgeRig edge = EdgeRig.start(cluster.bootstrapServers(), TokenSigner.ellipticIn(directory));
                TestClient client = edge.connect("alice", "")) {
            client.next("caughtUp");
            edge.publish("alice", 0, "before");
            assertEquals(
                    "before", client.next("events").at("/events/0/event/delta").asText());
            // Once there is a rule, what no rule allows is refused.
            admin.createAcls(List.of(rule(AclOperation.ALL, AclPermissionType.ALLOW), denied))
                    .all()
                    .get();
            awaitRefused(cluster);
            edge.publish("alice", 1, "meanwhile");
            assertEquals(200, edge.manage("/health/ready").statusCode());
            admin.deleteAcls(List.of(denied.toFilter())).all().get();
            assertEquals(
                    "meanwhile",
                    client.next("events").at("/events/0/event/delta").asText());
            assertFalse(client.closed().isDone());
            assertEquals(0, edge.meter("heddle_edge_renewals"));
        }
    }

    private static AclBinding rule(AclOperation operation, AclPermissionType permission) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, Topics.AGENT_EVENTS, PatternType.LITERAL),
                new AccessControlEntry("User:ANONYMOUS", "*", operation, permission));
    }

    private static void awaitRefused(FreshCluster cluster) {
        AtomicInteger refused = new AtomicInteger();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition(Topics.AGENT_EVENTS, 0)));
            await("the right is gone for all").atMost(SOON).until(() -> {
                try {
                    consumer.poll(Duration.ofMillis(100));
                } catch (TopicAuthorizationException e) {
                    refused.incrementAndGet();
                }
                return refused.get() > REFUSALS;
            });
        }
    }

    @Test
    void anEdgeStartsAndServesBesideAPartitionThatHasNoLeader(@TempDir Path directory) throws Exception {
        try (FreshCluster cluster = KafkaFixture.freshCluster(config -> config.withBrokers(3));
                Admin admin = admin(cluster)) {
            EdgeRig.prepare(cluster.bootstrapServers());
            TokenSigner tokens = TokenSigner.ellipticIn(directory);
            try (EdgeRig before = EdgeRig.start(cluster.bootstrapServers(), tokens)) {
                IntStream.range(0, 20).forEach(i -> before.publish("user-" + i, 0, "before"));
            }
            int broker = IntStream.range(0, 3)
                    .filter(each -> leads(admin, Topics.AGENT_EVENTS, each).length > 0
                            && leads(admin, Topics.AGENT_EXECUTORS, each).length == 0
                            && leads(admin, Topics.AGENT_REVOCATIONS, each).length == 0)
                    .findFirst()
                    .orElseThrow();
            int[] gone = leads(admin, Topics.AGENT_EVENTS, broker);
            String user = IntStream.range(0, 20)
                    .mapToObj(i -> "user-" + i)
                    .filter(each -> IntStream.of(gone).noneMatch(partition -> partition == partitionOf(each)))
                    .findFirst()
                    .orElseThrow();
            cluster.stopBroker(broker);
            try (EdgeRig edge = EdgeRig.start(cluster.bootstrapServers(), tokens);
                    TestClient client = edge.connect(user, "?from=earliest")) {
                assertEquals(
                        "before",
                        client.next("events").at("/events/0/event/delta").asText());
                edge.publish(user, 1, "after");
                assertEquals(
                        "after",
                        client.next("events").at("/events/0/event/delta").asText());
                assertEquals(200, edge.manage("/health/ready").statusCode());
                assertEquals(0, edge.meter("heddle_edge_renewals"));
            }
        }
    }

    private static int partitionOf(String user) {
        return Partitioning.partitionOf(UserKey.of(user), EdgeRig.LAYOUT.partitions());
    }

    /** The partitions that a broker leads. */
    private static int[] leads(Admin admin, String topic, int broker) {
        try {
            return admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                    .map(TopicDescription::partitions)
                    .flatMap(List::stream)
                    .filter(partition ->
                            partition.leader() != null && partition.leader().id() == broker)
                    .mapToInt(TopicPartitionInfo::partition)
                    .toArray();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
