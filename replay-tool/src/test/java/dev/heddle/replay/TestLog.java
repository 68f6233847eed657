package dev.heddle.replay;

import static org.awaitility.Awaitility.await;

import dev.heddle.event.Generation;
import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import dev.heddle.event.index.Block;
import dev.heddle.event.index.BlockFilter;
import dev.heddle.event.index.BlockFilterBuilder;
import dev.heddle.topic.TopicAdmin;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A log under a name of its own, with an index beside it, on a cluster that other tests use too. Its index is built
 * from what was put, when it is asked to be.
 */
final class TestLog implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final String name;
    private final Generation generation;
    private final Producer<byte[], byte[]> producer;
    private final Map<Integer, Long> ends = new HashMap<>();
    private final Map<Integer, BlockFilterBuilder> building = new HashMap<>();
    private Future<RecordMetadata> last;

    private TestLog(String name, Generation generation, Producer<byte[], byte[]> producer) {
        this.name = name;
        this.generation = generation;
        this.producer = producer;
        this.last = new CompletableFuture<>();
    }

    static TestLog create(String bootstrap, String name, int partitions) throws Exception {
        Map<String, String> config = Map.of("message.timestamp.type", "LogAppendTime");
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(
                            new NewTopic(name, partitions, (short) 1).configs(config),
                            new NewTopic(name + "-index", partitions, (short) 1).configs(config)))
                    .all()
                    .get();
            TopicDescription described =
                    await("topic " + name).atMost(SOON).until(() -> described(admin, name), Objects::nonNull);
            await("topic " + name + "-index")
                    .atMost(SOON)
                    .until(() -> described(admin, name + "-index"), Objects::nonNull);
            return new TestLog(name, TopicAdmin.generationOf(described), producer(bootstrap));
        }
    }

    private static @Nullable TopicDescription described(Admin admin, String name) throws Exception {
        try {
            TopicDescription found =
                    admin.describeTopics(List.of(name)).allTopicNames().get().get(name);
            return found != null && found.partitions().stream().allMatch(each -> each.leader() != null) ? found : null;
        } catch (ExecutionException e) {
            return null;
        }
    }

    private static Producer<byte[], byte[]> producer(String bootstrap) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "linger.ms",
                        "5",
                        "batch.size",
                        Integer.toString(512 << 10),
                        "max.request.size",
                        Integer.toString(4 << 20),
                        "acks",
                        "all",
                        // A new topic's leader may refuse the first request and take the second: Kafka knows of no gap
                        // before a producer's first record.
                        "max.in.flight.requests.per.connection",
                        "1"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    String name() {
        return name;
    }

    Generation generation() {
        return generation;
    }

    /** Puts a stored event where it belongs. */
    void put(UserKey user, byte[] value) throws Exception {
        put(Partitioning.partitionOf(user, generation.partitions()), user, value);
    }

    /** Puts a stored event under a key into a partition, right or wrong, and notes it for the index. */
    void put(int partition, UserKey key, byte[] value) throws Exception {
        long offset = ends.merge(partition, 1L, Long::sum) - 1;
        last = producer.send(new ProducerRecord<>(name, partition, key.utf8(), value));
        BlockFilterBuilder block = building.computeIfAbsent(partition, any -> builder(partition, 0));
        if (offset >= block.block().end()) {
            publish(block.build());
            block = builder(partition, offset);
            building.put(partition, block);
        }
        block.add(offset, key);
    }

    private BlockFilterBuilder builder(int partition, long offset) {
        return new BlockFilterBuilder(Block.of(generation, partition, offset), offset);
    }

    /** Appends an index record as it is. */
    void publish(BlockFilter filter) {
        Block block = filter.block();
        last = producer.send(new ProducerRecord<>(name + "-index", block.partition(), block.key(), filter.value()));
    }

    /** Indexes what was put also of the last, incomplete blocks: as if nothing else could come in them. */
    void indexAll() {
        building.values().forEach(block -> publish(block.build()));
    }

    /** Returns when all that was put has been acknowledged. */
    void flush() throws Exception {
        producer.flush();
        last.get();
    }

    long end(int partition) {
        return ends.getOrDefault(partition, 0L);
    }

    @Override
    public void close() {
        producer.close();
    }
}
