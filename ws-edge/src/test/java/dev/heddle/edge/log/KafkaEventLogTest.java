package dev.heddle.edge.log;

import static org.awaitility.Awaitility.await;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.edge.hub.EventLog;
import dev.heddle.edge.hub.EventLogContract;
import dev.heddle.edge.hub.SilentObserver;
import dev.heddle.event.Generation;
import dev.heddle.event.UserKey;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.topic.EventLogTopics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

class KafkaEventLogTest extends EventLogContract {
    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final long LIMIT_SECONDS = 30;

    private String topic = "";
    private @Nullable KafkaEventLog log;
    private @Nullable KafkaProducer<byte[], byte[]> producer;

    @BeforeEach
    void makeTopic() throws Exception {
        topic = KAFKA.newTopic("log", 1);
        try (Admin admin = KAFKA.admin()) {
            TopicDescription found = Objects.requireNonNull(admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS)
                    .get(topic));
            UUID id = new UUID(
                    found.topicId().getMostSignificantBits(), found.topicId().getLeastSignificantBits());
            KafkaClientSettings kafka = KafkaClientSettings.at(KAFKA.bootstrapServers());
            log = new KafkaEventLog(
                    kafka, new EventLogTopics(topic, topic + "-index", new Generation(id, 1)), new SilentObserver());
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", KAFKA.bootstrapServers(), "linger.ms", "0", "transactional.id", topic),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        producer.beginTransaction();
    }

    @AfterEach
    void close() {
        producer().close(Duration.ZERO);
        log().close();
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return Objects.requireNonNull(producer);
    }

    @Override
    protected EventLog log() {
        return Objects.requireNonNull(log);
    }

    @Override
    protected void write(UserKey user, byte[] value) {
        try {
            producer()
                    .send(new ProducerRecord<>(topic, PARTITION, user.utf8(), value))
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("not written", e);
        }
    }

    @Override
    protected void writeGap() {
        long before = end();
        producer().commitTransaction();
        await("the marker is in the log")
                .atMost(Duration.ofSeconds(LIMIT_SECONDS))
                .until(() -> end() > before);
        producer().beginTransaction();
    }

    private long end() {
        return log().extent(PARTITION).toCompletableFuture().join().end();
    }

    @Override
    protected void expireBefore(long offset) {
        try (Admin admin = KAFKA.admin()) {
            admin.deleteRecords(Map.of(
                            new org.apache.kafka.common.TopicPartition(topic, PARTITION),
                            RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("not expired", e);
        }
    }
}
