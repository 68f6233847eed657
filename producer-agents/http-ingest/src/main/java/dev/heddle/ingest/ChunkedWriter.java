package dev.heddle.ingest;

import dev.heddle.event.topic.Topics;
import dev.heddle.topic.FencedProducer;
import dev.heddle.topic.RecordLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The fenced writer to one partition, in chunks of at most one Kafka batch: the next chunk begins when Kafka has
 * acknowledged the one before. For one thread at a time.
 *
 * <p>Nothing is appended behind a record that Kafka did not take, or a run would have a hole. Kafka's producer does not
 * guarantee that: it may still send a record that it gets while it learns of a failure. Hence one request is in flight,
 * and no record is sent before the chunk is complete.
 */
final class ChunkedWriter implements AutoCloseable {

    private static final int BATCH_BYTES = 256 << 10;

    /** The size in bytes from which a record is a chunk of its own; every topic takes smaller ones. */
    private static final int ALONE_BYTES = 16 << 10;

    /** The most that a record takes in a batch beside its key and value. */
    private static final int BESIDE_BYTES = 100;

    private final FencedProducer producer;
    private final int partition;
    private final int chunkBytes;
    private final List<Future<RecordMetadata>> chunk = new ArrayList<>();
    private int gathered;
    private @Nullable KafkaException failure;

    private ChunkedWriter(FencedProducer producer, int partition, int chunkBytes) {
        this.producer = producer;
        this.partition = partition;
        this.chunkBytes = chunkBytes;
    }

    /**
     * Takes the fence of the partition. When this returns, the log has all that the former holder will ever have
     * appended.
     *
     * @param limit how large a batch of records the topic takes
     * @throws KafkaException if Kafka does not answer in time
     */
    static ChunkedWriter take(int partition, IngestConfig config, RecordLimit limit) {
        int batchBytes = Math.min(BATCH_BYTES, limit.most(BATCH_BYTES));
        int patience = Math.toIntExact(config.http().answerWithin().toMillis());
        Map<String, Object> properties = config.kafka().forClient("heddle-ingest-" + partition);
        // Nothing is on its way behind a record that Kafka refuses, and nothing leaves before a chunk is complete.
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, patience / 4);
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, batchBytes);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * config.limits().batchBytes() + (4 << 20));
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, config.limits().eventBytes() + (16 << 10));
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, patience);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, patience / 2);
        FencedProducer producer =
                FencedProducer.take("heddle-ingest-" + partition, config.http().answerWithin(), properties);
        // Kafka's own estimate of a batch is a little above its content.
        return new ChunkedWriter(producer, partition, batchBytes / 4 * 3);
    }

    /**
     * Hands a record over; the future completes with its outcome, also if it is refused at once. A large record is a
     * chunk of its own: if Kafka splits a batch because one record of it is too large, it appends the records behind
     * that one all the same.
     */
    Future<RecordMetadata> append(byte[] key, byte[] value) {
        boolean alone = value.length >= ALONE_BYTES;
        int bytes = key.length + value.length + BESIDE_BYTES;
        if (alone || gathered + bytes > chunkBytes) {
            flush();
        }
        if (failure != null) {
            return CompletableFuture.failedFuture(new KafkaException("an event before it was not taken", failure));
        }
        try {
            Future<RecordMetadata> sent =
                    producer.send(new ProducerRecord<>(Topics.AGENT_EVENTS, partition, key, value), null);
            chunk.add(sent);
            gathered += bytes;
            if (alone) {
                flush();
            }
            return sent;
        } catch (KafkaException e) {
            failure = e;
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Waits until Kafka has answered for every record handed over. */
    void flush() {
        producer.flush();
        for (Future<RecordMetadata> each : chunk) {
            KafkaException failed = InFlightBatch.failure(each);
            failure = failure == null ? failed : failure;
        }
        chunk.clear();
        gathered = 0;
    }

    void commit() {
        producer.commit();
    }

    /** Closes the producer at once; unacknowledged records may or may not be in the log. */
    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
