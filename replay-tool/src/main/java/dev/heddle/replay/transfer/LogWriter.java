package dev.heddle.replay.transfer;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import dev.heddle.replay.log.ReplayException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A writer to a log: idempotent, acknowledged by all in-sync replicas, each record into its key's partition. Records of
 * one partition keep their order, also over retries. For one thread; failures come on Kafka's.
 */
public final class LogWriter implements AutoCloseable {
    private static final int BATCH = 256 << 10;
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final String topic;
    private final int partitions;
    private final Producer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    /** @param partitions how many the topic has */
    public LogWriter(KafkaClientSettings kafka, String topic, int partitions) {
        this.topic = topic;
        this.partitions = partitions;
        Map<String, Object> settings = kafka.forClient("heddle-transfer");
        settings.put("acks", "all");
        settings.put("enable.idempotence", "true");
        // The topic may be new: its leader can refuse a first request and take the second, which was sent behind it,
        // because
        // Kafka knows of no gap before a producer's first record. What is in flight alone has nothing behind it.
        settings.put("max.in.flight.requests.per.connection", "1");
        settings.put("linger.ms", "20");
        settings.put("batch.size", BATCH);
        settings.put("max.request.size", 16 << 20);
        settings.put("max.block.ms", "30000");
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Appends a record behind the earlier ones of this user; blocks while the producer's buffer is full. */
    void put(UserKey user, byte[] value, List<Header> headers) {
        refuseAfterFailure();
        ProducerRecord<byte[], byte[]> put = new ProducerRecord<>(
                topic, Partitioning.partitionOf(user, partitions), null, user.utf8(), value, headers);
        var unused = producer.send(put, (metadata, problem) -> {
            if (problem != null) {
                failure.compareAndSet(null, problem);
            }
        });
    }

    /** Waits until every record is acknowledged. */
    void flush() {
        producer.flush();
        refuseAfterFailure();
    }

    private void refuseAfterFailure() {
        Exception problem = failure.get();
        if (problem instanceof KafkaException known) {
            throw known;
        }
        if (problem != null) {
            throw new ReplayException("Kafka did not take a record: " + problem.getMessage(), problem);
        }
    }

    @Override
    public void close() {
        producer.close(CLOSE);
    }
}
