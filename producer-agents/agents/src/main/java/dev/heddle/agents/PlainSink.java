package dev.heddle.agents;

import java.time.Duration;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records straight to an idempotent producer. */
record PlainSink(Producer<byte[], byte[]> producer) implements RecordSink {

    @Override
    public void send(ProducerRecord<byte[], byte[]> record, Callback done) {
        var unused = producer.send(record, done);
    }

    @Override
    public void close(Duration patience) {
        producer.close(patience);
    }
}
