package dev.heddle.agents;

import static java.util.Objects.requireNonNull;

import dev.heddle.trace.TraceParent;
import dev.heddle.trace.TraceSpan;
import dev.heddle.trace.Tracing;
import java.time.Duration;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/** A sink that gives each record of a trace a span, from here to Kafka's acknowledgement. Used only with tracing. */
record TracedSink(RecordSink sink, Tracing tracing) implements RecordSink {

    private static final String STEP = "heddle.publish";

    /** The sink itself where there is no tracing. */
    static RecordSink over(RecordSink sink, Tracing tracing) {
        return tracing.isOn() ? new TracedSink(sink, tracing) : sink;
    }

    @Override
    public void send(ProducerRecord<byte[], byte[]> record, Callback done) {
        Header trace = record.headers().lastHeader(TraceParent.HEADER);
        if (trace == null) {
            sink.send(record, done);
            return;
        }
        TraceSpan step = tracing.begin(STEP, trace.value());
        record.headers().remove(TraceParent.HEADER).add(TraceParent.HEADER, requireNonNull(step.header()));
        sink.send(record, (metadata, failure) -> {
            if (failure == null) {
                step.end();
            } else {
                step.fail("unacknowledged");
            }
            done.onCompletion(metadata, failure);
        });
    }

    @Override
    public void close(Duration patience) {
        sink.close(patience);
    }
}
