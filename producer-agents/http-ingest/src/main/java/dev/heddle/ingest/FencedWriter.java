package dev.heddle.ingest;

import dev.heddle.event.topic.Topics;
import dev.heddle.topic.RecordLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The right to write to one partition, held by one node: a transactional producer whose id is the partition's,
 * whichever node has it. Opening it takes the right from whoever had it; from then on Kafka refuses theirs. Readers
 * don't wait for commits, so a transaction costs the events nothing. For one thread at a time.
 *
 * <p>Nothing is appended behind a record that Kafka did not take, or a run would have a hole. Kafka's producer does not
 * keep that by itself: a record that it gets while it learns of a failure may still be sent. So records are handed over
 * in chunks of one batch, a chunk is sent when it is complete, and the next one begins when Kafka has taken all of it.
 */
final class FencedWriter implements AutoCloseable {

    private static final int BATCH_BYTES = 256 << 10;

    /** Larger records than this share no batch of Kafka's: no topic takes so little. */
    private static final int ALONE_BYTES = 16 << 10;

    /** The most that a record takes in a batch beside its key and value. */
    private static final int BESIDE_BYTES = 100;

    private final KafkaProducer<byte[], byte[]> producer;
    private final int partition;
    private final int chunkBytes;
    private final List<Future<RecordMetadata>> chunk = new ArrayList<>();
    private int gathered;
    private @Nullable KafkaException failure;

    private FencedWriter(KafkaProducer<byte[], byte[]> producer, int partition, int chunkBytes) {
        this.producer = producer;
        this.partition = partition;
        this.chunkBytes = chunkBytes;
    }

    /**
     * Takes the right. What was in the log before, or is being appended by the one who had it, is there when this
     * returns, and nothing of theirs comes after.
     *
     * @param limit how large a batch of records the topic takes
     * @throws KafkaException if Kafka does not answer in time
     */
    static FencedWriter take(int partition, IngestConfig config, RecordLimit limit) {
        int batchBytes = Math.min(BATCH_BYTES, limit.most(BATCH_BYTES));
        int patience = Math.toIntExact(config.http().answerWithin().toMillis());
        Map<String, Object> properties = config.kafka().forClient("heddle-ingest-" + partition);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "heddle-ingest-" + partition);
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 2 * patience);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // Nothing is on its way behind a record that Kafka refuses, and nothing leaves before a chunk is complete.
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, patience / 4);
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, batchBytes);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * config.limits().batchBytes() + (4 << 20));
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, config.limits().eventBytes() + (16 << 10));
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, patience);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, patience / 2);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, patience);
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
            // Kafka's own estimate of a batch is a little above what is in it.
            return new FencedWriter(producer, partition, batchBytes / 4 * 3);
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    void begin() {
        producer.beginTransaction();
    }

    /**
     * Hands a record over; the future tells what became of it, also if it was refused on the spot. A large record is a
     * chunk of its own: if Kafka splits a batch because one record of it is too large, those behind that one are
     * appended all the same.
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
                    producer.send(new ProducerRecord<>(Topics.AGENT_EVENTS, partition, key, value));
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

    /** Waits until Kafka has answered for all that was handed over. */
    void flush() {
        producer.flush();
        for (Future<RecordMetadata> each : chunk) {
            KafkaException failed = Sending.failure(each);
            failure = failure == null ? failed : failure;
        }
        chunk.clear();
        gathered = 0;
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
