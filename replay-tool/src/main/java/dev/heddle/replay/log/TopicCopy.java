package dev.heddle.replay.log;

import dev.heddle.config.KafkaClientSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/** Creates a log topic like another one but with another partition count, and its index topic. */
public final class TopicCopy {
    private TopicCopy() {}

    /**
     * Creates the missing topics; existing ones stay unchanged.
     *
     * @param like the log
     * @param kafka where the new one is to be
     */
    public static void make(KafkaClientSettings kafka, LikeTopic like, String name, int partitions) {
        try (Admin admin = LogConnection.admin(kafka)) {
            for (String each : List.of(name, new LogTopic(name, like.topic().generation()).indexName())) {
                create(admin, new NewTopic(each, partitions, like.replication()).configs(like.config()));
            }
        }
    }

    /** The properties that a copy of a topic gets. */
    public record LikeTopic(LogTopic topic, short replication, Map<String, String> config) {}

    /** The properties of the log: its replication, and the configuration that differs from the brokers' own. */
    public static LikeTopic like(KafkaClientSettings kafka, LogTopic topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        try (Admin admin = LogConnection.admin(kafka)) {
            Map<String, String> config = new HashMap<>();
            Config found = Objects.requireNonNull(
                    admin.describeConfigs(List.of(resource)).all().get().get(resource));
            for (ConfigEntry entry : found.entries()) {
                if (entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG && entry.value() != null) {
                    config.put(entry.name(), entry.value());
                }
            }
            TopicDescription described = Objects.requireNonNull(admin.describeTopics(List.of(topic.name()))
                    .allTopicNames()
                    .get()
                    .get(topic.name()));
            int replication = described.partitions().get(0).replicas().size();
            return new LikeTopic(topic, (short) replication, config);
        } catch (ExecutionException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplayException("interrupted", e);
        }
    }

    private static void create(Admin admin, NewTopic topic) {
        try {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw failed(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplayException("interrupted", e);
        }
    }

    private static RuntimeException failed(ExecutionException e) {
        @Nullable Throwable cause = e.getCause();
        return cause instanceof KafkaException known ? known : new KafkaException(e);
    }
}
