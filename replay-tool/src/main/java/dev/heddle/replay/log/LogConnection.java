package dev.heddle.replay.log;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.topic.EventLogTopics;
import dev.heddle.topic.TopicAdmin;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A connection to the log, opened for one reader. The log's topic is looked up while the consumer connects, to save the
 * user's time.
 *
 * @param consumer the reader's own
 */
record LogConnection(KafkaClientSettings kafka, EventLogTopics topic, KafkaConsumer<byte[], byte[]> consumer) {
    private static final String LIMIT_MILLIS = "10000";
    private static final String CLIENT = "heddle-replay";

    static LogConnection open(KafkaClientSettings kafka, String topic) {
        KafkaConsumer<byte[], byte[]> consumer = consumer(kafka);
        try {
            CompletableFuture<EventLogTopics> asked = CompletableFuture.supplyAsync(() -> topic(kafka, topic));
            List<PartitionInfo> partitions = consumer.partitionsFor(topic);
            if (partitions == null || partitions.isEmpty()) {
                throw new ReplayException("topic " + topic + " is missing");
            }
            return new LogConnection(kafka, asked.join(), consumer);
        } catch (RuntimeException e) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
            throw reason(kafka, e);
        }
    }

    /** A connection for another reader of the same log. */
    LogConnection another() {
        return new LogConnection(kafka, topic, consumer(kafka));
    }

    private static RuntimeException reason(KafkaClientSettings kafka, RuntimeException e) {
        Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        if (cause instanceof TimeoutException) {
            return new ReplayException("Kafka at " + kafka.bootstrapServers() + " does not answer", cause);
        }
        return cause instanceof RuntimeException known ? known : e;
    }

    private static EventLogTopics topic(KafkaClientSettings kafka, String name) {
        try (Admin admin = admin(kafka)) {
            Map<String, TopicDescription> described =
                    await(admin.describeTopics(List.of(name)).allTopicNames());
            return EventLogTopics.named(name, TopicAdmin.generationOf(Objects.requireNonNull(described.get(name))));
        } catch (UnknownTopicOrPartitionException e) {
            throw new ReplayException("topic " + name + " is missing", e);
        }
    }

    /**
     * An admin client whose requests end within {@value #LIMIT_MILLIS} ms, unless the user's properties say otherwise.
     */
    static Admin admin(KafkaClientSettings kafka) {
        Map<String, Object> asking = brief(kafka.forClient(CLIENT));
        asking.putIfAbsent("request.timeout.ms", "5000");
        asking.putIfAbsent("default.api.timeout.ms", LIMIT_MILLIS);
        return Admin.create(asking);
    }

    /** The client properties without metrics, which are useless for a client of a second's life. */
    private static Map<String, Object> brief(Map<String, Object> settings) {
        settings.putIfAbsent("metric.reporters", "");
        settings.putIfAbsent("enable.metrics.push", "false");
        return settings;
    }

    /** The result of a request; throws a {@link KafkaException} with the reason if it failed. */
    static <T> T await(KafkaFuture<T> result) {
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplayException("interrupted", e);
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(KafkaClientSettings kafka) {
        Map<String, Object> reading = brief(kafka.forConsumer(CLIENT, "none"));
        reading.putIfAbsent("default.api.timeout.ms", LIMIT_MILLIS);
        // Large fetches without waiting: a reader that skips must not wait for a fetch of records it has skipped.
        reading.put("max.poll.records", "5000");
        reading.put("max.partition.fetch.bytes", Integer.toString(2 << 20));
        reading.put("fetch.max.wait.ms", "20");
        reading.put("receive.buffer.bytes", Integer.toString(2 << 20));
        return new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
