package dev.heddle.systemtest.delivery;

import dev.heddle.config.Settings;
import dev.heddle.config.SettingsSources;
import dev.heddle.edge.Edge;
import dev.heddle.edge.EdgeConfig;
import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import dev.heddle.ingest.Ingest;
import dev.heddle.ingest.IngestConfig;
import dev.heddle.systemtest.Cli;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import dev.heddle.topic.TopicAdmin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * A Kafka of one test's own, with Heddle's topics, and what an edge on it is configured with. Used by the test's
 * thread.
 */
final class Cluster implements AutoCloseable {
    private static final int REHEARSAL_SECONDS = 8;

    private static final long LIMIT_SECONDS = 60;

    private final FreshCluster kafka;
    private final TopicLayout layout;
    private final Admin admin;

    private Cluster(FreshCluster kafka, TopicLayout layout) {
        this.kafka = kafka;
        this.layout = layout;
        this.admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()));
    }

    /** One broker. */
    static Cluster start(int partitions) {
        return start(TopicLayout.local().withPartitions(partitions), 1);
    }

    static Cluster start(TopicLayout layout, int brokers) {
        Cluster cluster = new Cluster(KafkaFixture.freshCluster(config -> config.withBrokers(brokers)), layout);
        cluster.createTopics();
        return cluster;
    }

    void createTopics() {
        TopicAdmin.create(admin, layout);
    }

    FreshCluster kafka() {
        return kafka;
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    int partitions() {
        return layout.partitions();
    }

    Admin admin() {
        return admin;
    }

    /** The settings of an edge here, followed by more. */
    List<String> edgeSettings(TokenSigner tokens, String... more) {
        List<String> settings = new ArrayList<>(settings(tokens));
        // Every day it is asked what is delivered, not how soon.
        settings.add("start.rehearsal=" + Scale.of(0, REHEARSAL_SECONDS) + "s");
        settings.addAll(List.of(more));
        return settings;
    }

    /** What every role with a public port is told. */
    List<String> settings(TokenSigner tokens) {
        return List.of(
                "kafka.bootstrapServers=" + bootstrapServers(),
                "topics.partitions=" + layout.partitions(),
                "topics.replication=" + layout.replication(),
                "topics.minInsyncReplicas=" + layout.minInsyncReplicas(),
                "auth.keys=" + tokens.file(),
                "http.host=127.0.0.1",
                "http.port=0",
                "management.host=127.0.0.1",
                "management.port=0");
    }

    /** An edge in this process. */
    Edge startEdge(TokenSigner tokens, String... more) {
        return Edge.start(
                Settings.load(
                        EdgeConfig.class,
                        EdgeConfig.defaults(),
                        SettingsSources.of("edge", null, edgeSettings(tokens, more))),
                List.of());
    }

    /** An ingest in this process. */
    Ingest startIngest(TokenSigner tokens, String... more) {
        List<String> settings = new ArrayList<>(settings(tokens));
        settings.addAll(List.of(more));
        return Ingest.start(Settings.load(
                IngestConfig.class, IngestConfig.defaults(), SettingsSources.of("ingest", null, settings)));
    }

    /** So many users whose events lie in this partition. */
    List<String> usersOf(int partition, String prefix, int count) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> prefix + i)
                .filter(name -> partitionOf(name) == partition)
                .limit(count)
                .toList();
    }

    /** So many users, anywhere. */
    static List<String> users(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    static List<String> join(List<String> some, List<String> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    int partitionOf(String user) {
        return Partitioning.partitionOf(UserKey.of(user), layout.partitions());
    }

    /** Refuses the user's tokens issued until now, as an operator does. */
    void revoke(String user) {
        List<String> unused = Cli.run("revoke", "--bootstrap", bootstrapServers(), "--user", user)
                .lines();
    }

    /** The offset behind the last record. */
    long end(String topic, int partition) {
        TopicPartition asked = new TopicPartition(topic, partition);
        return get(admin.listOffsets(Map.of(asked, OffsetSpec.latest())).partitionResult(asked))
                .offset();
    }

    /** Replicas and leaders of the log's partitions, as they are now. */
    List<TopicPartitionInfo> describeLog() {
        TopicDescription log = get(Objects.requireNonNull(admin.describeTopics(List.of(Topics.AGENT_EVENTS))
                .topicNameValues()
                .get(Topics.AGENT_EVENTS)));
        return log.partitions();
    }

    static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("Kafka did not do it", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        admin.close();
        kafka.close();
    }
}
