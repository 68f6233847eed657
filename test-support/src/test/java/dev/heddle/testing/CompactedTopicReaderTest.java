package dev.heddle.testing;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertIterableEquals;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.topic.CompactedTopicReader;
import dev.heddle.topic.UnreadableRange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The reader of small topics goes on whatever happens to it; here because its own module knows no broker. */
class CompactedTopicReaderTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static FreshCluster cluster;
    private static KafkaProducer<byte[], byte[]> producer;

    @BeforeAll
    static void start() {
        cluster = KafkaFixture.freshCluster();
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @AfterAll
    static void stop() {
        producer.close();
        cluster.close();
    }

    /** Notes what it is told, and throws once what it is given to throw. */
    private static final class Notes implements CompactedTopicReader.Target {
        final List<String> values = new CopyOnWriteArrayList<>();
        final List<UnreadableRange> unreadable = new CopyOnWriteArrayList<>();
        final AtomicReference<@Nullable Error> inApply = new AtomicReference<>();
        final AtomicReference<@Nullable RuntimeException> inTick = new AtomicReference<>();

        @Override
        public void apply(ConsumerRecord<byte[], byte[]> record, CompactedTopicReader.Stage stage) {
            Error error = inApply.getAndSet(null);
            if (error != null) {
                throw error;
            }
            values.add(new String(record.value(), StandardCharsets.UTF_8));
        }

        @Override
        public void unreadable(UnreadableRange range) {
            unreadable.add(range);
        }

        @Override
        public void tick() {
            RuntimeException exception = inTick.getAndSet(null);
            if (exception != null) {
                throw exception;
            }
        }
    }

    @Test
    void aDamagedBatchIsToldAndWhatLiesBehindItIsRead() throws Exception {
        String topic = topic("damaged");
        append(topic, "one", "two", "three");
        cluster.damage(topic, 0, 1, BatchDamage.PAYLOAD);
        Notes notes = new Notes();
        try (CompactedTopicReader reader = read(topic, notes)) {
            await("all is read").atMost(SOON).until(reader::isCaughtUp);
            assertIterableEquals(List.of("one", "three"), notes.values);
            assertEquals(1, notes.unreadable.size());
            assertEquals(1, notes.unreadable.get(0).from());
            assertEquals(2, notes.unreadable.get(0).to());
        }
    }

    @Test
    void aTickThatThrowsIsNotTheLast() throws Exception {
        String topic = topic("ticking");
        append(topic, "one");
        Notes notes = new Notes();
        try (CompactedTopicReader reader = read(topic, notes)) {
            await("all is read").atMost(SOON).until(reader::isCaughtUp);
            notes.inTick.set(new IllegalArgumentException("for a test"));
            await("it was thrown").atMost(SOON).until(() -> notes.inTick.get() == null);
            append(topic, "two");
            await("it goes on").atMost(SOON).until(() -> notes.values.equals(List.of("one", "two")));
        }
    }

    @Test
    void aRecordThatOverflowsTheStackIsToldAndTheNextOneIsTaken() throws Exception {
        String topic = topic("deep");
        Notes notes = new Notes();
        notes.inApply.set(new StackOverflowError("for a test"));
        append(topic, "one", "two");
        try (CompactedTopicReader reader = read(topic, notes)) {
            await("all is read").atMost(SOON).until(reader::isCaughtUp);
            assertIterableEquals(List.of("two"), notes.values);
            assertEquals(0, notes.unreadable.get(0).from());
        }
    }

    @Test
    void anErrorHasTheTopicReadAgain() throws Exception {
        String topic = topic("failing");
        Notes notes = new Notes();
        notes.inApply.set(new OutOfMemoryError("for a test"));
        append(topic, "one", "two");
        try (CompactedTopicReader reader = read(topic, notes)) {
            await("all is read").atMost(SOON).until(reader::isCaughtUp);
            append(topic, "three");
            await("it goes on").atMost(SOON).until(() -> notes.values.equals(List.of("one", "two", "three")));
        }
    }

    private static String topic(String name) throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", cluster.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
        return name;
    }

    private static CompactedTopicReader read(String topic, CompactedTopicReader.Target target) {
        return CompactedTopicReader.start(KafkaClientSettings.at(cluster.bootstrapServers()), topic, target);
    }

    /** Each in a batch of its own. */
    private static void append(String topic, String... values) throws Exception {
        for (String value : values) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(topic, bytes, bytes)).get();
        }
    }
}
