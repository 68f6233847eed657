package dev.heddle.edge.index;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.index.Block;
import dev.heddle.event.index.BlockFilter;
import dev.heddle.topic.EventLogTopics;
import dev.heddle.topic.SkippingPoller;
import dev.heddle.topic.UnreadableRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the index builder, from joining the consumer group to the first failure. Owned by the builder's thread;
 * {@link #wakeup} is for any.
 *
 * <p>The group's offset of a partition is always a block's start, and committed only after the index record of the
 * block before it was acknowledged: the next owner begins with a whole block. The commit carries the id of the log's
 * topic and the leader epoch before the offset, so another log of that name, or a truncated one, is noticed.
 *
 * <p>There is no reset policy: with one, Kafka's consumer would jump back over a truncation without a word.
 */
final class IndexBuildTask implements ConsumerRebalanceListener, AutoCloseable {
    static final String GROUP = "heddle-index";

    private static final Logger log = LoggerFactory.getLogger(IndexBuildTask.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final EventLogTopics topic;
    private final IndexBuilderCounts counts;
    private final Consumer<byte[], IgnoredValue> consumer;
    private final Producer<byte[], byte[]> producer;
    private final SkippingPoller<byte[], IgnoredValue> poller;
    private final EmptyIndexLookup emptyIndexes;
    private final Map<TopicPartition, PartitionIndexer> indexers = new HashMap<>();
    private final Set<TopicPartition> assigned = new HashSet<>();

    IndexBuildTask(KafkaClientSettings kafka, EventLogTopics topic, IndexBuilderCounts counts) {
        this.topic = topic;
        this.counts = counts;
        this.emptyIndexes = new EmptyIndexLookup(kafka, topic);
        this.consumer =
                new KafkaConsumer<>(consumerSettings(kafka), new ByteArrayDeserializer(), new IgnoredValue.Decoder());
        try {
            this.producer =
                    new KafkaProducer<>(producerSettings(kafka), new ByteArraySerializer(), new ByteArraySerializer());
        } catch (RuntimeException e) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
            throw e;
        }
        this.poller = SkippingPoller.waiting(consumer, kafka, skipped -> {});
        consumer.subscribe(List.of(topic.name()), this);
    }

    private static Map<String, Object> consumerSettings(KafkaClientSettings kafka) {
        Map<String, Object> settings = kafka.forConsumer("heddle-edge-index-builder", "none");
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
        settings.put(
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                List.of(CooperativeStickyAssignor.class.getName()));
        // The index may lag a little; few large fetches cost the least.
        settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, Integer.toString(1 << 20));
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "500");
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(8 << 20));
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "20000");
        return settings;
    }

    private static Map<String, Object> producerSettings(KafkaClientSettings kafka) {
        Map<String, Object> settings = kafka.forConsumer("heddle-edge-index-builder", "none");
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "5000");
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "10000");
        return settings;
    }

    /** One poll, and the index records of the blocks that it completes. */
    void step() {
        try {
            beginAssigned();
            SkippingPoller.Polled<byte[], IgnoredValue> polled = poller.poll(POLL);
            polled.skipped().forEach(this::passOver);
            take(polled.records());
        } catch (LogTruncationException e) {
            e.offsetOutOfRangePartitions()
                    .keySet()
                    .forEach(partition ->
                            truncated(partition, e.divergentOffsets().get(partition)));
        } catch (OffsetOutOfRangeException e) {
            e.offsetOutOfRangePartitions().forEach(this::outOfRange);
        } catch (NoOffsetForPartitionException e) {
            e.partitions().forEach(partition -> begin(partition, start(partition)));
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        consumer.pause(partitions); // until it is known where each begins
        assigned.addAll(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        partitions.forEach(indexers::remove);
        assigned.removeAll(partitions);
    }

    private void beginAssigned() {
        if (assigned.isEmpty()) {
            return;
        }
        Set<TopicPartition> taken = Set.copyOf(assigned);
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(taken, ANSWER);
        Map<TopicPartition, Long> starts = consumer.beginningOffsets(taken, ANSWER);
        Set<Integer> unindexed = emptyIndexes.among(taken);
        for (TopicPartition partition : taken) {
            OffsetAndMetadata place = committed.get(partition);
            if (place == null || !place.metadata().equals(logId()) || unindexed.contains(partition.partition())) {
                begin(partition, Objects.requireNonNull(starts.get(partition)));
                continue;
            }
            if (place.offset() == Block.startOf(place.offset())) {
                consumer.seek(partition, place);
            } else {
                consumer.seek(partition, Block.startOf(place.offset()));
            }
            reading(partition, consumer.position(partition, ANSWER));
        }
    }

    /** Reads on from a place that is not compared with any history. */
    private void begin(TopicPartition partition, long offset) {
        consumer.seek(partition, offset);
        reading(partition, offset);
    }

    private void reading(TopicPartition partition, long offset) {
        indexers.put(partition, new PartitionIndexer(topic.generation(), partition.partition(), offset));
        assigned.remove(partition);
        consumer.resume(List.of(partition));
    }

    private void outOfRange(TopicPartition partition, long asked) {
        long start = start(partition);
        if (asked < start) {
            begin(partition, start); // the records between have expired
        } else {
            truncated(partition, new OffsetAndMetadata(end(partition)));
        }
    }

    /**
     * Builds the index of a truncated log again.
     *
     * @param agreed offset up to which both histories agree; null if unknown
     */
    private void truncated(TopicPartition partition, @Nullable OffsetAndMetadata agreed) {
        long start = start(partition);
        long from = Math.max(start, agreed == null ? start : Block.startOf(agreed.offset()));
        Block block = Block.of(topic.generation(), partition.partition(), from);
        log.atWarn()
                .addKeyValue("partition", partition.partition())
                .addKeyValue("block", block.start())
                .log("The log was truncated; its index is built again from here");
        publish(List.of(BlockFilter.rewind(block)));
        counts.rewound();
        begin(partition, from);
    }

    private void passOver(UnreadableRange range) {
        PartitionIndexer indexer = indexers.get(range.partition());
        if (indexer != null) {
            indexer.hole(range.to());
        }
    }

    private void take(ConsumerRecords<byte[], IgnoredValue> records) {
        List<BlockFilter> complete = new ArrayList<>();
        records.nextOffsets().forEach((partition, position) -> {
            PartitionIndexer indexer = indexers.get(partition);
            if (indexer == null) {
                return;
            }
            for (ConsumerRecord<byte[], IgnoredValue> record : records.records(partition)) {
                indexer.take(record);
            }
            indexer.reach(position.offset());
            complete.addAll(indexer.takeComplete());
        });
        counts.read(records.count(), bytesOf(records));
        if (!complete.isEmpty()) {
            publish(complete);
            complete.forEach(filter -> counts.built(filter.value().length));
            commit(complete);
        }
    }

    private static long bytesOf(ConsumerRecords<byte[], IgnoredValue> records) {
        long bytes = 0;
        for (ConsumerRecord<byte[], IgnoredValue> record : records) {
            // A size of -1 says that there is none.
            bytes += Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        }
        return bytes;
    }

    /** Returns when Kafka has acknowledged all of them. */
    private void publish(List<BlockFilter> filters) {
        List<Future<RecordMetadata>> sent = new ArrayList<>(filters.size());
        for (BlockFilter filter : filters) {
            Block block = filter.block();
            sent.add(producer.send(
                    new ProducerRecord<>(topic.indexName(), block.partition(), block.key(), filter.value())));
        }
        try {
            for (Future<RecordMetadata> each : sent) {
                RecordMetadata unused = each.get();
            }
        } catch (ExecutionException e) {
            throw new KafkaException("an index record was not appended", e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void commit(List<BlockFilter> indexed) {
        Map<TopicPartition, OffsetAndMetadata> places = new HashMap<>();
        for (BlockFilter filter : indexed) { // in order: a partition's last one stays
            Block block = filter.block();
            places.put(
                    topic.partition(block.partition()),
                    new OffsetAndMetadata(block.end(), PartitionIndexer.epochOf(filter), logId()));
        }
        try {
            consumer.commitSync(places, ANSWER);
        } catch (CommitFailedException | RebalanceInProgressException e) {
            // The partition is another builder's by now, or the next commit says it: at worst the block is indexed
            // twice.
            log.atDebug().setCause(e).log("An offset was not committed");
        }
    }

    private String logId() {
        return topic.generation().topicId().toString();
    }

    private long start(TopicPartition partition) {
        return Objects.requireNonNull(
                consumer.beginningOffsets(List.of(partition), ANSWER).get(partition));
    }

    private long end(TopicPartition partition) {
        return Objects.requireNonNull(
                consumer.endOffsets(List.of(partition), ANSWER).get(partition));
    }

    /** Ends a {@link #step} with a WakeupException. From any thread. */
    void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        consumer.close(CloseOptions.timeout(CLOSE));
    }
}
