package dev.heddle.edge.log;

import dev.heddle.concurrent.DaemonThreads;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.edge.hub.BlockIndex;
import dev.heddle.edge.hub.EventLog;
import dev.heddle.edge.hub.HubObserver;
import dev.heddle.edge.hub.LogReader;
import dev.heddle.edge.index.IndexConfig;
import dev.heddle.edge.index.KafkaIndex;
import dev.heddle.event.Generation;
import dev.heddle.event.Position;
import dev.heddle.topic.EventLogTopics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/**
 * The log in Kafka. Its lookups go through one admin client, in batches, so that a storm of connects costs few
 * requests.
 */
public final class KafkaEventLog implements EventLog {
    /** The time-out of a lookup, in ms: a client that connects while Kafka is away waits this long for its refusal. */
    private static final int PATIENCE_MILLIS = 4_000;

    private static final Duration CLOSE = Duration.ofSeconds(2);

    /** The size of a fetch that takes a whole block of records of 300 to 350 bytes. */
    private static final int BLOCK_FETCH_BYTES = 3 << 19;

    private final KafkaClientSettings kafka;
    private final HubObserver observer;
    private final EventLogTopics topic;
    private final Admin admin;
    private final BatchedOffsetLookup offsets;
    private final EpochCheck epochs;
    private final KafkaIndex index;

    /**
     * The executor of searches for the ends of damaged batches, so that no reader waits for them; it has a thread only
     * while there is a search.
     */
    private final ThreadPoolExecutor searches = new ThreadPoolExecutor(
            0, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), DaemonThreads.named("log-search"));

    /** A log whose index is read within the default bounds. */
    public KafkaEventLog(KafkaClientSettings kafka, EventLogTopics topic, HubObserver observer) {
        this(kafka, topic, observer, IndexConfig.defaults());
    }

    /**
     * A log whose generation has been looked up.
     *
     * @param topic as it is now; see {@code TopicAdmin.generation}
     */
    public KafkaEventLog(
            KafkaClientSettings kafka, EventLogTopics topic, HubObserver observer, IndexConfig indexConfig) {
        this.kafka = kafka;
        this.observer = observer;
        this.topic = topic;
        this.index = new KafkaIndex(kafka, topic, indexConfig);
        Map<String, Object> properties = new HashMap<>(kafka.forClient("heddle-edge-log"));
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS / 2);
        this.admin = Admin.create(properties);
        this.offsets = new BatchedOffsetLookup(admin, topic);
        this.epochs = new EpochCheck(topic, () -> consumer("heddle-edge-epochs", LogReader.Use.CATCH_UP));
    }

    @Override
    public Generation generation() {
        return topic.generation();
    }

    @Override
    public CompletionStage<Extent> extent(int partition) {
        return offsets.extent(partition);
    }

    @Override
    public CompletionStage<Long> offsetAt(int partition, Instant time) {
        TopicPartition asked = topic.partition(partition);
        return admin.listOffsets(Map.of(asked, OffsetSpec.forTimestamp(time.toEpochMilli())))
                .partitionResult(asked)
                .toCompletionStage()
                .thenApply(found -> found.offset() >= 0 ? found.offset() : Long.MAX_VALUE);
    }

    @Override
    public CompletionStage<Position> agreement(int partition, Position position, Extent now) {
        return epochs.agreement(partition, position, now);
    }

    @Override
    public LogReader openReader(LogReader.Use use) {
        String id = use == LogReader.Use.TAIL ? "heddle-edge-tail" : "heddle-edge-catch-up";
        return new KafkaLogReader(consumer(id, use), topic, observer, new KafkaLogReader.Search(kafka, searches));
    }

    @Override
    public BlockIndex openIndex() {
        return index.open();
    }

    /** The log's index. */
    public KafkaIndex index() {
        return index;
    }

    private KafkaConsumer<byte[], ByteBuffer> consumer(String id, LogReader.Use use) {
        Map<String, Object> properties = kafka.forConsumer(id, "none");
        if (use == LogReader.Use.CATCH_UP) {
            // A reader that is used again must not sit in a fetch that waits for a partition it has left.
            properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "5");
            properties.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, "1"); // only the tail may be told to wait for more
            properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(4 << 20));
            // A fetch takes 2 to 3 ms whatever its size, so a block that the index pointed to should come in one; the
            // records beyond it are thrown away.
            properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(BLOCK_FETCH_BYTES));
            properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1024");
        } else {
            properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000");
            // The records that the consumer holds beside the windows' budget.
            properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(8 << 20));
        }
        return consumer(properties);
    }

    /** A consumer that does not copy values out of a fetch, since most are passed over. */
    private static KafkaConsumer<byte[], ByteBuffer> consumer(Map<String, Object> properties) {
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteBufferDeserializer());
    }

    @Override
    public void close() {
        searches.shutdownNow();
        epochs.close();
        admin.close(CLOSE);
    }
}
