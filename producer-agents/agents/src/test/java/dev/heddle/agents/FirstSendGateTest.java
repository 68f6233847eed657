package dev.heddle.agents;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heddle.testing.Background;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class FirstSendGateTest {

    private static final Duration LONG = Duration.ofSeconds(10);

    private final MockProducer<byte[], byte[]> kafka =
            new MockProducer<>(Cluster.empty(), false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final List<Exception> failures = Collections.synchronizedList(new ArrayList<>());

    private void send(RecordSink sink, int partition) {
        sink.send(record(partition), (metadata, failure) -> {
            if (failure != null) {
                failures.add(failure);
            }
        });
    }

    private static ProducerRecord<byte[], byte[]> record(int partition) {
        return new ProducerRecord<>("t", partition, new byte[1], new byte[1]);
    }

    private Thread sending(RecordSink sink, int partition) {
        Thread sender = new Thread(() -> send(sink, partition));
        sender.start();
        return sender;
    }

    private static void awaitWaiting(Thread sender) {
        await().atMost(LONG).until(() -> sender.getState() == Thread.State.TIMED_WAITING);
    }

    @Test
    void theSecondRecordOfAPartitionWaitsForTheFirstOnesAcknowledgement() throws Exception {
        RecordSink sink = new FirstSendGate(new PlainSink(kafka), LONG);
        send(sink, 0);
        Thread second = sending(sink, 0);
        awaitWaiting(second);
        send(sink, 1);
        assertEquals(2, kafka.history().size(), "another partition's first does not wait");
        kafka.completeNext();
        second.join();
        send(sink, 0);
        assertEquals(4, kafka.history().size(), "from then on nothing waits");
    }

    @Test
    void afterAFailureTheNextOneIsTheFirst() throws Exception {
        RecordSink sink = new FirstSendGate(new PlainSink(kafka), LONG);
        send(sink, 0);
        Thread second = sending(sink, 0);
        awaitWaiting(second);
        kafka.errorNext(new TimeoutException("no leader"));
        second.join();
        assertEquals(1, failures.size());
        assertEquals(2, kafka.history().size());
        Thread third = sending(sink, 0);
        awaitWaiting(third);
        kafka.completeNext();
        third.join();
        assertEquals(3, kafka.history().size());
    }

    @Test
    void whoSendsWhileBeingToldOfAnAcknowledgementDoesNotWaitForTheNextOne() {
        RecordSink sink = new FirstSendGate(new PlainSink(kafka), LONG);
        sink.send(record(0), (metadata, failure) -> {
            send(sink, 1);
            send(sink, 1);
        });
        kafka.completeNext();
        assertEquals(3, kafka.history().size());
    }

    @Test
    void nobodyWaitsForever() {
        RecordSink sink = new FirstSendGate(new PlainSink(kafka), Duration.ofMillis(50));
        send(sink, 0);
        CompletionException failure = assertThrows(CompletionException.class, () -> Background.run(() -> send(sink, 0))
                .join());
        assertInstanceOf(TimeoutException.class, failure.getCause());
        assertEquals(1, kafka.history().size());
    }
}
