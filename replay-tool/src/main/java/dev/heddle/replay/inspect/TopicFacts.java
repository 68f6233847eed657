package dev.heddle.replay.inspect;

import dev.heddle.event.topic.Topics;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.topic.EventLogTopics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's facts about one of Heddle's topics.
 *
 * @param replication how many copies the partition with the fewest has
 * @param retentionMillis null if records are kept for ever, or the topic is compacted
 * @param bytes of each partition on its fullest broker; empty if Kafka does not tell
 */
public record TopicFacts(
        String name,
        int partitions,
        int replication,
        @Nullable Long retentionMillis,
        Map<Integer, Long> bytes) {

    /** The bytes of one replica; -1 if Kafka does not tell. */
    public long size() {
        return bytes.isEmpty()
                ? -1
                : bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The facts of Heddle's existing topics. */
    public static List<TopicFacts> of(Admin admin, EventLogTopics log) {
        List<String> names = List.of(
                log.name(), log.indexName(), Topics.AGENT_COMMANDS, Topics.AGENT_EXECUTORS, Topics.AGENT_REVOCATIONS);
        Map<String, Map<Integer, Long>> sizes = sizes(admin);
        List<TopicFacts> facts = new ArrayList<>();
        for (String name : names) {
            try {
                TopicDescription topic = Objects.requireNonNull(
                        LogConsumer.await(admin.describeTopics(List.of(name)).allTopicNames())
                                .get(name));
                ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
                Config config = Objects.requireNonNull(LogConsumer.await(
                                admin.describeConfigs(List.of(resource)).all())
                        .get(resource));
                facts.add(new TopicFacts(
                        name,
                        topic.partitions().size(),
                        topic.partitions().stream()
                                .mapToInt(each -> each.replicas().size())
                                .min()
                                .orElse(0),
                        retention(config),
                        sizes.getOrDefault(name, Map.of())));
            } catch (UnknownTopicOrPartitionException e) {
                // A topic that does not exist has no facts.
            }
        }
        return facts;
    }

    private static @Nullable Long retention(Config config) {
        boolean compacted =
                config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value().equals(TopicConfig.CLEANUP_POLICY_COMPACT);
        long millis = Long.parseLong(config.get(TopicConfig.RETENTION_MS_CONFIG).value());
        return compacted || millis < 0 ? null : millis;
    }

    private static Map<String, Map<Integer, Long>> sizes(Admin admin) {
        Map<String, Map<Integer, Long>> sizes = new HashMap<>();
        try {
            Collection<Integer> brokers = LogConsumer.await(
                            admin.describeCluster().nodes())
                    .stream()
                    .map(Node::id)
                    .toList();
            for (Map<String, LogDirDescription> broker : LogConsumer.await(
                            admin.describeLogDirs(brokers).allDescriptions())
                    .values()) {
                for (LogDirDescription directory : broker.values()) {
                    directory.replicaInfos().forEach((place, info) -> sizes.computeIfAbsent(
                                    place.topic(), name -> new TreeMap<>())
                            .merge(place.partition(), info.size(), Math::max));
                }
            }
        } catch (KafkaException e) {
            return Map.of(); // it takes a permission that a reader of the log need not have
        }
        return sizes;
    }
}
