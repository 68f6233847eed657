package dev.heddle.agents;

import dev.heddle.topic.FencedProducer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * A sink on a transactional producer, whose transactions fence other producers off but hide nothing: readers see a
 * record at once, and a producer that begins with the same transactional id shuts this one out for good.
 *
 * <p>Senders share the gate; a commit closes it only to change the state. While Kafka commits, records are held here
 * and follow in their order, so no sender waits for a commit unless more than {@code mostHeld} bytes have gathered.
 *
 * <pre>
 *   OPEN ──commit()──▶ COMMITTING ──Kafka has committed──▶ OPEN
 *     └──── a send, a commit or a begin fails ────▶ BROKEN    (a new fence has to be taken)
 * </pre>
 */
final class FencedSink implements RecordSink {

    /** The longest wait of a close: after its commit nothing is left to be sent. */
    private static final Duration LEAVING = Duration.ofSeconds(5);

    private final FencedProducer producer;
    private final long mostHeld;
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();
    private final Queue<Held> held = new ConcurrentLinkedQueue<>();
    private final AtomicLong heldBytes = new AtomicLong();
    private final CompletableFuture<Exception> broken = new CompletableFuture<>();
    private volatile State state = State.OPEN;
    private @Nullable CompletableFuture<Void> committing;

    private enum State {
        OPEN,
        COMMITTING,
        BROKEN
    }

    private record Held(ProducerRecord<byte[], byte[]> record, Callback done) {}

    /** @param mostHeld bytes that may wait for a commit; senders beyond wait themselves */
    FencedSink(FencedProducer producer, long mostHeld) {
        this.producer = producer;
        this.mostHeld = mostHeld;
    }

    /** Completes with the reason once nothing can be sent here any more; on any thread. */
    CompletableFuture<Exception> broken() {
        return broken;
    }

    @Override
    public void send(ProducerRecord<byte[], byte[]> record, Callback done) {
        CompletableFuture<Void> wait = offer(record, done);
        while (wait != null) {
            wait.join();
            wait = offer(record, done);
        }
    }

    /** Sends or holds the record and returns null, or returns the end of the commit that the sender has to wait for. */
    private @Nullable CompletableFuture<Void> offer(ProducerRecord<byte[], byte[]> record, Callback done) {
        gate.readLock().lock();
        try {
            switch (state) {
                case OPEN -> pass(record, done);
                case COMMITTING -> {
                    int size = record.value().length;
                    if (heldBytes.get() + size > mostHeld) {
                        return committing;
                    }
                    heldBytes.addAndGet(size);
                    held.add(new Held(record, done));
                }
                case BROKEN -> done.onCompletion(null, broken.getNow(new IllegalStateException("broken")));
            }
            return null;
        } finally {
            gate.readLock().unlock();
        }
    }

    private void pass(ProducerRecord<byte[], byte[]> record, Callback done) {
        try {
            var unused = producer.send(record, (metadata, failure) -> {
                if (failure != null) {
                    fail(failure);
                }
                done.onCompletion(metadata, failure);
            });
        } catch (KafkaException | IllegalStateException e) {
            fail(e);
            done.onCompletion(null, e);
        }
    }

    /** Commits the sent records; does nothing if there are none. One thread. */
    void commit() {
        CompletableFuture<Void> end = new CompletableFuture<>();
        gate.writeLock().lock();
        try {
            if (!producer.isInTransaction() || state != State.OPEN) {
                return;
            }
            state = State.COMMITTING;
            committing = end;
        } finally {
            gate.writeLock().unlock();
        }
        @Nullable Exception failure = null;
        try {
            producer.commit();
        } catch (RuntimeException e) {
            failure = e;
        } catch (Error e) {
            // Caught whatever it is: the senders that wait for the commit would wait for ever.
            failure = new KafkaException("the commit failed", e);
        }
        reopen(failure);
        end.complete(null);
    }

    private void reopen(@Nullable Exception failure) {
        gate.writeLock().lock();
        try {
            if (failure != null) {
                broken.complete(failure);
            }
            state = broken.isDone() ? State.BROKEN : State.OPEN;
            for (Held next = held.poll(); next != null; next = held.poll()) {
                if (broken.isDone()) {
                    next.done.onCompletion(null, broken.join());
                } else {
                    pass(next.record, next.done);
                }
            }
            heldBytes.set(0);
        } finally {
            gate.writeLock().unlock();
        }
    }

    /** Breaks the sink with the failure of one record: Kafka takes nothing more in this transaction. */
    private void fail(Exception failure) {
        broken.complete(failure);
        state = State.BROKEN;
    }

    @Override
    public void close(Duration time) {
        if (broken.isDone()) {
            producer.close(Duration.ZERO);
            return;
        }
        commit();
        broken.complete(new IllegalStateException("the fence has been given up"));
        state = State.BROKEN;
        producer.close(time.compareTo(LEAVING) < 0 ? time : LEAVING);
    }

    /** Closes without a commit: another process holds the fence, or should. */
    void discard() {
        broken.complete(new IllegalStateException("the fence has been given up"));
        state = State.BROKEN;
        producer.close(Duration.ZERO);
    }
}
