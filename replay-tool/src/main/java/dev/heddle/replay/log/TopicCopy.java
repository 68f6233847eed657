package dev.heddle.replay.log;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.topic.EventLogTopics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates a log topic like another one but with another partition count, and its index topic. */
public final class TopicCopy {
    private TopicCopy() {}

    /**
     * Creates the missing topics; existing ones stay unchanged. A new one has the log's replication, and the
     * configuration in which the log differs from its brokers.
     *
     * @param target the Kafka of the copy
     */
    public static void create(LogConsumer log, KafkaClientSettings target, String name, int partitions) {
        String like = log.topic().name();
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, like);
        Map<String, String> config = new HashMap<>();
        int replication = log.ask(admin -> {
            Config found = Objects.requireNonNull(
                    LogConsumer.await(admin.describeConfigs(List.of(resource)).all())
                            .get(resource));
            for (ConfigEntry entry : found.entries()) {
                if (entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG && entry.value() != null) {
                    config.put(entry.name(), entry.value());
                }
            }
            TopicDescription described = Objects.requireNonNull(
                    LogConsumer.await(admin.describeTopics(List.of(like)).allTopicNames())
                            .get(like));
            return described.partitions().get(0).replicas().size();
        });
        EventLogTopics copy = EventLogTopics.named(name, log.topic().generation());
        try (Admin admin = LogConnection.admin(target)) {
            for (String each : List.of(copy.name(), copy.indexName())) {
                create(admin, new NewTopic(each, partitions, (short) replication).configs(config));
            }
        }
    }

    private static void create(Admin admin, NewTopic topic) {
        try {
            LogConsumer.await(admin.createTopics(List.of(topic)).all());
        } catch (TopicExistsException e) {
            return; // it stays as it is
        }
    }
}
