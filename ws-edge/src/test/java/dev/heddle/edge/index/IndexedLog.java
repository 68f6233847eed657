package dev.heddle.edge.index;

import static org.awaitility.Awaitility.await;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.edge.hub.SilentObserver;
import dev.heddle.edge.log.KafkaEventLog;
import dev.heddle.event.Generation;
import dev.heddle.event.UserKey;
import dev.heddle.event.index.Block;
import dev.heddle.event.index.BlockFilter;
import dev.heddle.event.index.BlockFilterBuilder;
import dev.heddle.topic.EventLogTopics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A log of a test's own in a real Kafka, with the topic of its index, and the means to write to both. */
final class IndexedLog implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private static final byte[] VALUE = new byte[20];

    final KafkaClientSettings kafka;
    final EventLogTopics topic;
    private final Admin admin;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaProducer<byte[], byte[]> indexProducer;
    private final List<KafkaEventLog> logs = new ArrayList<>();
    private final List<IndexBuilder> builders = new ArrayList<>();

    IndexedLog(String bootstrapServers, int partitions) throws Exception {
        kafka = KafkaClientSettings.at(bootstrapServers);
        admin = Admin.create(kafka.forClient("test"));
        String name = "log-" + UUID.randomUUID();
        String index = name + "-index";
        CreateTopicsResult made = admin.createTopics(
                List.of(new NewTopic(name, partitions, (short) 1), new NewTopic(index, partitions, (short) 1)));
        made.all().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        Uuid topicId = made.topicId(name).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        UUID id = new UUID(topicId.getMostSignificantBits(), topicId.getLeastSignificantBits());
        topic = new EventLogTopics(name, index, new Generation(id, partitions));
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "transactional.id",
                        name,
                        "linger.ms",
                        "5",
                        "batch.size",
                        "65536"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        indexProducer =
                new KafkaProducer<>(kafka.forClient("test"), new ByteArraySerializer(), new ByteArraySerializer());
    }

    KafkaEventLog open() {
        return open(IndexConfig.defaults());
    }

    KafkaEventLog open(IndexConfig config) {
        KafkaEventLog log = new KafkaEventLog(kafka, topic, new SilentObserver(), config);
        logs.add(log);
        return log;
    }

    IndexBuilder build() {
        IndexBuilder builder = IndexBuilder.start(kafka, topic);
        builders.add(builder);
        return builder;
    }

    /** Writes a record for each user in one transaction, whose end takes an offset too; returns their offsets. */
    List<Long> write(int partition, List<UserKey> users) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>(users.size());
        producer.beginTransaction();
        for (UserKey user : users) {
            sent.add(producer.send(new ProducerRecord<>(topic.name(), partition, user.utf8(), VALUE)));
        }
        producer.commitTransaction();
        List<Long> offsets = new ArrayList<>(sent.size());
        for (Future<RecordMetadata> each : sent) {
            offsets.add(each.get(LIMIT.toSeconds(), TimeUnit.SECONDS).offset());
        }
        return offsets;
    }

    /** Writes records whose keys are anything. */
    void writeKeys(int partition, List<byte[]> keys) {
        producer.beginTransaction();
        for (byte[] key : keys) {
            Future<RecordMetadata> unused = producer.send(new ProducerRecord<>(topic.name(), partition, key, VALUE));
        }
        producer.commitTransaction();
    }

    void writeIndex(BlockFilter... filters) {
        for (BlockFilter filter : filters) {
            writeIndex(filter.block().partition(), filter.block().key(), filter.value());
        }
    }

    void writeIndex(int partition, byte[] key, byte[] value) {
        Future<RecordMetadata> unused =
                indexProducer.send(new ProducerRecord<>(topic.indexName(), partition, key, value));
        indexProducer.flush();
    }

    /** The record of the n-th block, in which only these users are. */
    BlockFilter filter(long number, int leaderEpoch, UserKey... users) {
        return filter(topic.generation(), number, leaderEpoch, users);
    }

    static BlockFilter filter(Generation generation, long number, int leaderEpoch, UserKey... users) {
        long start = number * Block.OFFSETS;
        BlockFilterBuilder builder = new BlockFilterBuilder(new Block(generation, 0, start), start);
        for (UserKey user : users) {
            builder.add(start, user);
        }
        builder.wroteIn(leaderEpoch);
        return builder.build();
    }

    long start(TopicPartition partition) throws Exception {
        return offset(partition, OffsetSpec.earliest());
    }

    long end(TopicPartition partition) throws Exception {
        return offset(partition, OffsetSpec.latest());
    }

    private long offset(TopicPartition partition, OffsetSpec spec) throws Exception {
        return admin.listOffsets(Map.of(partition, spec))
                .partitionResult(partition)
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .offset();
    }

    void deleteBefore(TopicPartition partition, long offset) throws Exception {
        admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset)))
                .all()
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Where the group of builders stands; -1 if it has not begun. */
    long committed(int partition) throws Exception {
        OffsetAndMetadata place = admin.listConsumerGroupOffsets(IndexBuildTask.GROUP)
                .partitionsToOffsetAndMetadata()
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .get(topic.partition(partition));
        return place == null ? -1 : place.offset();
    }

    void commit(int partition, long offset) throws Exception {
        OffsetAndMetadata place =
                new OffsetAndMetadata(offset, topic.generation().topicId().toString());
        admin.alterConsumerGroupOffsets(IndexBuildTask.GROUP, Map.of(topic.partition(partition), place))
                .all()
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Returns when the group has indexed all whole blocks of a partition. */
    void awaitIndexed(int partition) throws Exception {
        long whole = Block.startOf(end(topic.partition(partition)));
        await("the index up to " + whole).atMost(LIMIT).until(() -> committed(partition) == whole);
    }

    /** Ends the builders that were begun. */
    void closeBuilders() {
        builders.forEach(IndexBuilder::close);
    }

    /** All records of the index of a partition. */
    List<BlockFilter> readIndex(int partition) throws Exception {
        TopicPartition index = topic.indexPartition(partition);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                kafka.forClient("test"), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            IndexSlice read = new IndexSlice(start(index));
            new IndexReader(consumer, topic, kafka, new IndexReaderCounts())
                    .read(partition, read, end(index), Deadline.in(LIMIT));
            List<BlockFilter> all = new ArrayList<>();
            for (int i = 0; i < read.size(); i++) {
                all.add(read.filter(i));
            }
            return all;
        }
    }

    @Override
    public void close() {
        closeBuilders();
        logs.forEach(KafkaEventLog::close);
        producer.close(Duration.ZERO);
        indexProducer.close(Duration.ZERO);
        admin.close(Duration.ofSeconds(2));
    }
}
