package dev.heddle.topic;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The exclusive right to append to one partition: a transactional producer whose id belongs to the partition. Taking it
 * fences the producer that had it before, even one that has not noticed: none of its records reach the log once
 * {@link #take} has returned.
 *
 * <p>Kafka keeps that promise (KIP-98, and KIP-890 for a producer whose transaction has not begun at the partition's
 * leader yet). Heddle's readers do not wait for commits, so a commit only has to come before the transaction times out.
 * A transaction begins with the first record after a commit.
 *
 * <p>Any thread may send. One thread at a time commits, and none sends meanwhile.
 */
public final class FencedProducer {

    /**
     * The least transaction time-out. It is longer than a delivery may take, so that the broker does not end a
     * transaction during one.
     */
    private static final Duration LEAST_TIMEOUT = Duration.ofSeconds(60);

    /** The greatest transaction time-out, which is the brokers' default limit. */
    private static final Duration MOST_TIMEOUT = Duration.ofMinutes(15);

    /**
     * The first retry interval in ms, from which intervals grow. For a moment after a commit Kafka refuses the next
     * record with a retriable error.
     */
    private static final int FIRST_RETRY_MILLIS = 5;

    private final Producer<byte[], byte[]> producer;
    private final Duration patience;
    private volatile boolean begun;

    /**
     * Wraps a producer that holds the right already.
     *
     * @param producer one whose transactions have been initialised
     * @param patience how long a commit that Kafka does not answer in time is tried again
     */
    public FencedProducer(Producer<byte[], byte[]> producer, Duration patience) {
        this.producer = producer;
        this.patience = patience;
    }

    /**
     * Takes the right from the process that had it. Blocks until Kafka has ended that process's open transaction.
     *
     * @param transactionalId the partition's own
     * @param delivery how long an unacknowledged record, and a commit, is tried
     * @param properties of the producer, beside those of its transactions
     * @throws KafkaException if Kafka did not answer in time or refuses
     */
    public static FencedProducer take(String transactionalId, Duration delivery, Map<String, Object> properties) {
        Map<String, Object> all = new HashMap<>(properties);
        all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        all.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, timeoutMillis(delivery));
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Math.toIntExact(delivery.toMillis()));
        all.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, FIRST_RETRY_MILLIS);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
        return new FencedProducer(producer, delivery);
    }

    private static int timeoutMillis(Duration delivery) {
        long twice = Math.max(LEAST_TIMEOUT.toMillis(), 2 * delivery.toMillis());
        return Math.toIntExact(Math.min(twice, MOST_TIMEOUT.toMillis()));
    }

    /**
     * Sends a record, in a new transaction if none is open.
     *
     * @param done called once if this returns, on the producer's thread or on this one; null for nothing
     * @throws KafkaException if the producer takes no records any more
     */
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, @Nullable Callback done) {
        begin();
        return producer.send(record, done);
    }

    /**
     * Begins a transaction if none is open. This waits for a record, because a producer that is closed in an empty
     * transaction waits in vain for the transaction's end.
     */
    private void begin() {
        if (!begun) {
            synchronized (this) {
                if (!begun) {
                    producer.beginTransaction();
                    begun = true;
                }
            }
        }
    }

    /** Waits until Kafka has answered every record. */
    public void flush() {
        producer.flush();
    }

    /** True if a record has been sent since the last commit. */
    public boolean isInTransaction() {
        return begun;
    }

    /**
     * Commits the records sent since the last commit; does nothing if there are none.
     *
     * @throws KafkaException if Kafka refuses, or did not answer in time; the producer is of no use then
     */
    public void commit() {
        long limit = System.nanoTime() + patience.toNanos();
        while (begun) {
            try {
                producer.commitTransaction();
                begun = false;
            } catch (TimeoutException e) {
                if (System.nanoTime() > limit) {
                    throw e;
                }
            }
        }
    }

    /** True if a producer failed because another one has taken its place. */
    public static boolean isFenced(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof ProducerFencedException
                    || at instanceof InvalidProducerEpochException
                    || at instanceof FencedInstanceIdException) {
                return true;
            }
        }
        return false;
    }

    /** Closes the producer; records that are unacknowledged after this time may or may not be in the log. */
    public void close(Duration time) {
        producer.close(time);
    }
}
