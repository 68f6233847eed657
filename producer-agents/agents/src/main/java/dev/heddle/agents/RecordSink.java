package dev.heddle.agents;

import java.time.Duration;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The path of a publisher's records to Kafka: direct, or through a fence. Safe on any thread. */
interface RecordSink {

    /**
     * Hands one record over; {@code done} is called exactly once, on Kafka's thread or on this one. Records that one
     * thread hands over one after the other keep their order.
     */
    void send(ProducerRecord<byte[], byte[]> record, Callback done);

    /** Closes the producer, after waiting at most this long for unacknowledged records. */
    void close(Duration patience);
}
