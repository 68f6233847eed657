package dev.heddle.edge.index;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.edge.hub.BlockIndex;
import dev.heddle.topic.EventLogTopics;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The index of a log, as an edge reads it: one cache, and a reader for each thread. Thread-safe. */
public final class KafkaIndex {
    private final KafkaClientSettings kafka;
    private final EventLogTopics topics;
    private final IndexConfig config;
    private final IndexCache cache;

    /** An index without anything read yet. */
    public KafkaIndex(KafkaClientSettings kafka, EventLogTopics topics, IndexConfig config) {
        this.kafka = kafka;
        this.topics = topics;
        this.config = config;
        this.cache = new IndexCache(config.cacheBytes(), topics.generation().partitions());
    }

    /** A view for one thread, with a Kafka consumer of its own. */
    public BlockIndex open() {
        Map<String, Object> settings = kafka.forConsumer("heddle-edge-index", "none");
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "1");
        settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, "1");
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(1 << 20));
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1000");
        IndexReader reader = new IndexReader(
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                topics,
                kafka,
                cache.counts());
        return new KafkaBlockIndex(reader, cache, config.loadTime());
    }

    /** The counters of reads. */
    public IndexReaderCounts counts() {
        return cache.counts();
    }

    /** The size of the filters in the cache, in bytes. */
    public long heldBytes() {
        return cache.heldBytes();
    }
}
