package dev.heddle.testing;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertIterableEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.topic.SkippingPoller;
import dev.heddle.topic.UnreadableRange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The one reading mechanism of Heddle's topics on real damaged segments; here because its own module knows no broker.
 */
class SkippingPollerTest {
    private static final Duration WAIT = Duration.ofMillis(20);
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final int BATCH = 25;
    private static final int BATCHES = 40;
    private static final int PADDING = 200;

    private static FreshCluster cluster;

    @BeforeAll
    static void start() {
        cluster = KafkaFixture.freshCluster();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @ParameterizedTest
    @EnumSource(value = BatchDamage.class, mode = EnumSource.Mode.EXCLUDE, names = "CUT")
    void everythingBesideADamagedBatchIsReadAndTheBatchIsNamed(BatchDamage damage) throws Exception {
        String topic = topic("one-" + damage.name(), "none");
        write(topic, 0, BATCHES);
        cluster.damage(topic, 0, 13 * BATCH + 7, damage);

        Reading reading = read(topic, List.of(0), Map.of(0, (long) BATCHES * BATCH));

        List<UnreadableRange> skipped = reading.skipped;
        assertEquals(1, skipped.size(), skipped::toString);
        assertEquals(13 * BATCH, skipped.get(0).from());
        Set<BatchDamage> ofTheHeader = EnumSet.range(BatchDamage.MAGIC, BatchDamage.ZEROS);
        if (!ofTheHeader.contains(damage)) {
            assertEquals(14 * BATCH, skipped.get(0).to());
        } else {
            // A broker finds what follows a damaged header by the next entry of its index only: one entry each 4 KiB.
            assertTrue(skipped.get(0).to() <= 15 * BATCH, skipped::toString);
        }
        assertIterableEquals(without(skipped, BATCHES * BATCH), reading.of(0));
    }

    @ParameterizedTest
    @EnumSource(value = BatchDamage.class, mode = EnumSource.Mode.EXCLUDE, names = "CUT")
    void aDamagedLastBatchIsSkippedAndWhatIsAppendedThenIsRead(BatchDamage damage) throws Exception {
        String topic = topic("last-" + damage.name(), "none");
        write(topic, 0, 3);
        cluster.damage(topic, 0, 2 * BATCH, damage);
        read(topic, List.of(0), Map.of(0, 3L * BATCH));
        write(topic, 0, BATCHES);

        Reading reading = read(topic, List.of(0), Map.of(0, (long) (3 + BATCHES) * BATCH));

        assertTrue(reading.skipped.stream().allMatch(range -> range.to() <= 5 * BATCH), reading.skipped::toString);
        assertIterableEquals(without(reading.skipped, (3 + BATCHES) * BATCH), reading.of(0));
    }

    @Test
    void compressedBatchesTwoInARowAndTheFirstOneAreSkippedExactly() throws Exception {
        String topic = topic("zipped", "lz4");
        write(topic, 0, BATCHES);
        for (int batch : List.of(0, 5, 6)) {
            cluster.damage(topic, 0, (long) batch * BATCH, BatchDamage.PAYLOAD);
        }

        Reading reading = read(topic, List.of(0), Map.of(0, (long) BATCHES * BATCH));

        assertEquals(
                List.of(0L, 5L * BATCH, 6L * BATCH),
                reading.skipped.stream().map(UnreadableRange::from).toList());
        assertIterableEquals(without(reading.skipped, BATCHES * BATCH), reading.of(0));
        assertEquals((BATCHES - 3) * BATCH, reading.of(0).size());
    }

    @Test
    void otherPartitionsAreReadWhileTheEndOfADamagedBatchIsSearched() throws Exception {
        String topic = topic("beside", "none");
        for (int partition = 0; partition < 4; partition++) {
            write(topic, partition, 4);
        }
        cluster.damage(topic, 2, BATCH, BatchDamage.PAYLOAD);
        ExecutorService never = Executors.newSingleThreadExecutor();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic, List.of(0, 1, 2, 3))) {
            List<Runnable> searches = new ArrayList<>();
            SkippingPoller<byte[], byte[]> poller = new SkippingPoller<>(
                    consumer, KafkaClientSettings.at(cluster.bootstrapServers()), searches::add, range -> {});
            Reading reading = new Reading();
            await("the others are read").atMost(SOON).until(() -> {
                reading.take(poller.poll(WAIT));
                return List.of(0, 1, 3).stream()
                        .allMatch(partition -> reading.of(partition).size() == 4 * BATCH);
            });
            await("the search is asked for").atMost(SOON).until(() -> {
                reading.take(poller.poll(WAIT));
                return searches.size() == 1;
            });
            Future<?> searched = never.submit(searches.get(0));
            searched.get(30, TimeUnit.SECONDS);
            await("the rest of the damaged one is read").atMost(SOON).until(() -> {
                reading.take(poller.poll(WAIT));
                return reading.of(2).size() == 3 * BATCH;
            });
            assertIterableEquals(without(reading.skipped, 4 * BATCH), reading.of(2));
        } finally {
            never.shutdownNow();
        }
    }

    @Test
    void afterTheEndOfALogWasLostWhatIsLeftAndWhatIsAppendedThenIsRead() throws Exception {
        String topic = topic("cut", "none");
        write(topic, 0, 4);
        cluster.cut(Map.of(topic, 2L * BATCH), 0);
        write(topic, 0, 1);

        Reading reading = read(topic, List.of(0), Map.of(0, 3L * BATCH));

        assertIterableEquals(without(List.of(), 3 * BATCH), reading.of(0));
    }

    private static List<Long> without(List<UnreadableRange> skipped, int end) {
        return LongStream.range(0, end)
                .filter(offset -> skipped.stream().noneMatch(range -> range.from() <= offset && offset < range.to()))
                .boxed()
                .toList();
    }

    /** What was read. */
    private static final class Reading {
        private final Map<Integer, List<Long>> offsets = new TreeMap<>();
        private final List<UnreadableRange> skipped = new ArrayList<>();

        List<Long> of(int partition) {
            return offsets.getOrDefault(partition, List.of());
        }

        void take(SkippingPoller.Polled<byte[], byte[]> polled) {
            skipped.addAll(polled.skipped());
            for (ConsumerRecord<byte[], byte[]> record : polled.records()) {
                offsets.computeIfAbsent(record.partition(), key -> new ArrayList<>())
                        .add(record.offset());
            }
        }
    }

    private static Reading read(String topic, List<Integer> partitions, Map<Integer, Long> ends) {
        Reading reading = new Reading();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic, partitions)) {
            SkippingPoller<byte[], byte[]> poller =
                    SkippingPoller.waiting(consumer, KafkaClientSettings.at(cluster.bootstrapServers()), range -> {});
            ends.forEach((partition, end) -> poller.expect(new TopicPartition(topic, partition), end));
            await("all is read").atMost(SOON).until(() -> {
                reading.take(poller.poll(WAIT));
                return ends.entrySet().stream()
                        .allMatch(end -> consumer.position(new TopicPartition(topic, end.getKey())) >= end.getValue());
            });
        }
        return reading;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String topic, List<Integer> partitions) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "auto.offset.reset", "none"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(partitions.stream()
                .map(partition -> new TopicPartition(topic, partition))
                .toList());
        consumer.assignment().forEach(partition -> consumer.seek(partition, 0));
        return consumer;
    }

    private static String topic(String word, String compression) throws Exception {
        String topic = "skipping-" + word;
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", cluster.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 4, (short) 1)
                            .configs(
                                    Map.of("compression.type", compression.equals("none") ? "producer" : compression))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            await("the topic is led").atMost(SOON).until(() -> isLed(admin, topic));
        }
        return topic;
    }

    private static boolean isLed(Admin admin, String topic) throws Exception {
        try {
            return admin.describeTopics(List.of(topic)).allTopicNames().get(30, TimeUnit.SECONDS).values().stream()
                    .flatMap(found -> found.partitions().stream())
                    .allMatch(partition -> partition.leader() != null);
        } catch (ExecutionException e) {
            return false; // the broker has not heard of it yet
        }
    }

    /** Batches of exactly so many records each. */
    private static void write(String topic, int partition, int batches) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "linger.ms", 100_000, "batch.size", 1 << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int batch = 0; batch < batches; batch++) {
                List<Future<RecordMetadata>> sent = IntStream.range(0, BATCH)
                        .mapToObj(i -> producer.send(new ProducerRecord<>(
                                topic, partition, null, ("x".repeat(PADDING) + i).getBytes(StandardCharsets.UTF_8))))
                        .toList();
                producer.flush();
                for (Future<RecordMetadata> each : sent) {
                    each.get(30, TimeUnit.SECONDS);
                }
            }
        }
    }
}
