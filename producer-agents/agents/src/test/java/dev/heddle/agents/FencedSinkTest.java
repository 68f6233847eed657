package dev.heddle.agents;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Background;
import dev.heddle.topic.FencedProducer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FencedSinkTest {

    private final SlowCommit producer = new SlowCommit();
    private final FencedSink sink = new FencedSink(new FencedProducer(producer, Duration.ofSeconds(5)), 10);
    private final List<@Nullable Exception> done = new ArrayList<>();

    /** Kafka's own stand-in, whose commit takes as long as the test wants. */
    private static final class SlowCommit extends MockProducer<byte[], byte[]> {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch held = new CountDownLatch(1);
        private volatile boolean slow;
        private int impatient;

        private SlowCommit() {
            super(Cluster.empty(), true, null, new ByteArraySerializer(), new ByteArraySerializer());
            initTransactions();
        }

        @Override
        public void commitTransaction() throws ProducerFencedException {
            if (impatient-- > 0) {
                throw new TimeoutException("later");
            }
            if (slow) {
                begun.countDown();
                try {
                    assertTrue(held.await(10, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            super.commitTransaction();
        }
    }

    private void send(String text) {
        byte[] value = text.getBytes(StandardCharsets.UTF_8);
        sink.send(new ProducerRecord<>("t", 0, value, value), (metadata, failure) -> {
            synchronized (done) {
                done.add(failure);
            }
        });
    }

    private String sent() {
        StringBuilder all = new StringBuilder();
        producer.history().forEach(record -> all.append(new String(record.value(), StandardCharsets.UTF_8)));
        producer.uncommittedRecords().forEach(record -> all.append(new String(record.value(), StandardCharsets.UTF_8)));
        return all.toString();
    }

    @Test
    void whatIsSentDuringACommitFollowsItInItsOrderAndNobodyWaits() throws Exception {
        send("1");
        producer.slow = true;
        CompletableFuture<Void> commit = Background.run(sink::commit);
        producer.begun.await();
        send("2");
        send("3");
        assertEquals("1", sent());
        producer.slow = false;
        producer.held.countDown();
        commit.join();
        send("4");
        assertEquals("1234", sent());
        assertEquals(1, producer.commitCount());
    }

    @Test
    void whoWouldHoldMoreThanTheBoundWaitsForTheCommit() throws Exception {
        send("1");
        producer.slow = true;
        CompletableFuture<Void> commit = Background.run(sink::commit);
        producer.begun.await();
        send("0123456789");
        Thread waits = new Thread(() -> send("x"));
        waits.start();
        await("the sender waits").atMost(Duration.ofSeconds(30)).until(() -> waits.getState() == Thread.State.WAITING);
        assertEquals("1", sent());
        producer.held.countDown();
        commit.join();
        waits.join();
        assertEquals("10123456789x", sent());
    }

    @Test
    void anEmptyTransactionIsNotCommitted() {
        sink.commit();
        assertEquals(0, producer.commitCount());
    }

    @Test
    void whoIsFencedIsToldOnceAndSendsNothingMore() {
        producer.sendException = new InvalidProducerEpochException("another has the place");
        send("1");
        producer.sendException = null;
        send("2");
        assertEquals("", sent());
        assertTrue(sink.broken().isDone());
        assertEquals(2, done.size());
        assertSame(done.get(0), done.get(1));
        assertEquals(
                PublishFailedException.Reason.FENCED,
                PublishFailedException.from(sink.broken().join()).reason());
    }

    @Test
    void whatIsHeldWhenACommitFailsFails() throws Exception {
        send("1");
        producer.slow = true;
        producer.commitTransactionException = new ProducerFencedException("another has the place");
        CompletableFuture<Void> commit = Background.run(sink::commit);
        producer.begun.await();
        send("2");
        producer.held.countDown();
        commit.join();
        await().atMost(Duration.ofSeconds(30)).until(() -> done.size() == 2);
        assertNotNull(done.get(1));
        assertEquals("1", sent());
    }

    @Test
    void aCommitThatKafkaDoesNotAnswerInTimeIsTriedAgain() {
        send("1");
        producer.impatient = 2;
        sink.commit();
        assertFalse(sink.broken().isDone());
        assertEquals(1, producer.commitCount());
    }
}
