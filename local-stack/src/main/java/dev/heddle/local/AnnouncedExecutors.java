package dev.heddle.local;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.ExecutorStatus;
import dev.heddle.event.ExecutorStatusCodec;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.topic.Topics;
import dev.heddle.topic.SkippingPoller;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A reader of the topic {@code agent-executors}, once from its beginning to its end. Blocking. */
final class AnnouncedExecutors {

    private static final Duration POLL = Duration.ofMillis(100);

    private AnnouncedExecutors() {}

    /**
     * The last status that an executor announced.
     *
     * @param at when the broker took it, so that the executor's own clock does not matter
     */
    record Heard(ExecutorStatus status, Instant at) {
        boolean isGone(Instant now) {
            return at.plus(status.every().multipliedBy(ExecutorStatus.MISSED)).isBefore(now);
        }

        boolean isForgotten(Instant now) {
            return at.plus(ExecutorStatus.MEMORY).isBefore(now);
        }
    }

    /**
     * Every executor that has not withdrawn its offers, in the order of the executors' ids.
     *
     * @throws CommandFailedException if there is no such topic
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer within 10 s
     */
    static List<Heard> read(KafkaClientSettings kafka) {
        Map<String, Object> properties = kafka.forConsumer("heddle-agents", "earliest");
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
        Map<String, Heard> executors = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.AGENT_EXECUTORS).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                throw new CommandFailedException(
                        "topic " + Topics.AGENT_EXECUTORS + " is missing: heddle topics create makes it");
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            SkippingPoller<byte[], byte[]> poller = SkippingPoller.waiting(consumer, kafka, skipped -> {});
            ends.forEach(poller::expect);
            while (!ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : poller.poll(POLL).records()) {
                    apply(record, executors);
                }
            }
        }
        return List.copyOf(executors.values());
    }

    private static void apply(ConsumerRecord<byte[], byte[]> record, Map<String, Heard> executors) {
        if (record.key() == null) {
            return; // nobody's
        }
        String id = new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            executors.remove(id);
            return;
        }
        try {
            executors.put(
                    id,
                    new Heard(ExecutorStatusCodec.decode(record.value()), Instant.ofEpochMilli(record.timestamp())));
        } catch (InvalidEventException e) {
            executors.remove(id);
        }
    }
}
