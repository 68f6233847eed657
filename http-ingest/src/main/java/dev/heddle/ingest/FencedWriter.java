package dev.heddle.ingest;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.topic.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The right to write to one partition, held by one node: a transactional producer whose id is the partition's, whichever
 * node has it. Opening it takes the right from whoever had it; from then on Kafka refuses theirs. Readers don't wait for
 * commits, so a transaction costs the events nothing. For one thread at a time.
 */
final class FencedWriter implements AutoCloseable {

    private final KafkaProducer<byte[], byte[]> producer;
    private final int partition;

    private FencedWriter(KafkaProducer<byte[], byte[]> producer, int partition) {
        this.producer = producer;
        this.partition = partition;
    }

    /**
     * Takes the right. What was in the log before, or is being appended by the one who had it, is there when this returns, and
     * nothing of theirs comes after.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer in time
     */
    static FencedWriter take(KafkaClientSettings kafka, int partition, IngestConfig config) {
        int patience = Math.toIntExact(config.http().answerWithin().toMillis());
        Map<String, Object> properties = kafka.forClient("heddle-ingest-" + partition);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "heddle-ingest-" + partition);
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 2 * patience);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 << 10);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * config.limits().batchBytes() + (4 << 20));
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, config.limits().eventBytes() + (16 << 10));
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, patience);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, patience / 2);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, patience);
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
            return new FencedWriter(producer, partition);
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    void begin() {
        producer.beginTransaction();
    }

    Future<RecordMetadata> append(byte[] key, byte[] value) {
        return producer.send(new ProducerRecord<>(Topics.AGENT_EVENTS, partition, key, value));
    }

    void flush() {
        producer.flush();
    }

    void commit() {
        producer.commitTransaction();
    }

    /** Lets go at once; what is unacknowledged may or may not be in the log. */
    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
