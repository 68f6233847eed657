package dev.heddle.agents;

import java.time.Duration;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Where a publisher's records go: straight to Kafka, or through a fence. Safe on any thread. */
interface RecordSink {

    /**
     * Hands one record over; {@code done} is called exactly once, on Kafka's thread or on this one. Records that one
     * thread hands over one after the other keep their order.
     */
    void send(ProducerRecord<byte[], byte[]> record, Callback done);

    /** Lets go of Kafka, after waiting so long for what is unacknowledged. */
    void close(Duration patience);
}
