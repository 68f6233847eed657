package dev.heddle.edge.log;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.edge.command.AgentRegistry;
import dev.heddle.event.ExecutorStatus;
import dev.heddle.event.ExecutorStatusCodec;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reader of {@code agent-executors}: from its beginning to its end, then on, into an {@link AgentRegistry}.
 *
 * <p>It owns one thread and one consumer without a group. When Kafka is away it tries again; meanwhile the last offers stand. A record that cannot be decoded is
 * skipped.
 */
public final class KafkaAgentReader implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KafkaAgentReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    private final Map<String, Object> properties;
    private final AgentRegistry registry;
    private final Clock clock;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean caughtUp;

    /** Starts reading at once, on its own thread. */
    public KafkaAgentReader(KafkaClientSettings kafka, AgentRegistry registry, Clock clock) {
        this.properties = new HashMap<>(kafka.forClient("heddle-edge-agents"));
        this.properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        this.registry = registry;
        this.clock = clock;
        this.thread = new Thread(this::run, "heddle-agents");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /** Whether the topic has been read to what was its end at start; stays true from then on. */
    public boolean isCaughtUp() {
        return caughtUp;
    }

    private void run() {
        while (stopped.getCount() > 0) {
            try (Consumer<byte[], byte[]> consumer =
                    new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                read(consumer);
            } catch (WakeupException e) {
                return;
            } catch (KafkaException e) {
                log.atWarn()
                        .addKeyValue("error", e.getClass().getSimpleName())
                        .log("The executors' topic cannot be read");
                pause();
            }
        }
    }

    private void read(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.AGENT_EXECUTORS).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (stopped.getCount() > 0) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(caughtUp ? POLL : Duration.ofMillis(50))) {
                apply(record);
            }
            registry.refresh(clock.instant());
            if (!caughtUp) {
                caughtUp = ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
            }
        }
    }

    private void apply(ConsumerRecord<byte[], byte[]> record) {
        Instant now = clock.instant();
        if (record.value() == null) {
            registry.withdrawn(new String(record.key(), StandardCharsets.UTF_8), now);
            return;
        }
        try {
            ExecutorStatus status = ExecutorStatusCodec.decode(record.value());
            // An old announcement tells by the broker's clock how old it is; a live one has just been heard.
            Instant written = Instant.ofEpochMilli(record.timestamp());
            registry.announced(status, caughtUp || written.isAfter(now) ? now : written, now);
        } catch (InvalidEventException e) {
            log.atWarn()
                    .addKeyValue("offset", record.offset())
                    .log("An executor's announcement cannot be read and is skipped");
        }
    }

    private void pause() {
        try {
            if (stopped.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
                log.atDebug().log("The reader of executors stops");
            }
        } catch (InterruptedException e) {
            stopped.countDown();
        }
    }

    @Override
    public void close() {
        stopped.countDown();
        try {
            thread.join(CLOSE_PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
