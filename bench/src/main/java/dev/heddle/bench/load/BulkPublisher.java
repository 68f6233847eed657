package dev.heddle.bench.load;

import dev.heddle.bench.BenchFailedException;
import dev.heddle.event.topic.Topics;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** A producer that writes the events that users will have missed, as fast as Kafka takes them. Used by one thread. */
public final class BulkPublisher implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Callback done = (where, problem) -> {
        if (problem != null) {
            failure.compareAndSet(null, problem);
        }
    };

    public BulkPublisher(OpenLoopPublisher.Log log) {
        this.producer = OpenLoopPublisher.producer(log);
    }

    /** Appends one event of this template to its user's partition; returns before Kafka has acknowledged it. */
    public void append(EventTemplate event, int partition, long number) {
        byte[] value = event.event(number, System.nanoTime());
        Future<RecordMetadata> unused = producer.send(
                new ProducerRecord<>(
                        Topics.AGENT_EVENTS, partition, event.user().utf8(), value),
                done);
    }

    /** Waits until Kafka has acknowledged every event. */
    public void flush() {
        producer.flush();
        Exception problem = failure.get();
        if (problem != null) {
            throw new BenchFailedException("Kafka did not take an event: " + problem.getMessage(), problem);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
