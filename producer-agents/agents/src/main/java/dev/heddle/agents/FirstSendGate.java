package dev.heddle.agents;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A sink that sends a partition's second record only once the first is acknowledged. A leader that knows nothing of an
 * idempotent producer takes whichever sequence number comes first: if it refused the first request, as leaders of new
 * topics do for a moment, and took the one in flight behind it, the first could never be appended any more. A
 * transactional producer needs no such care, since Kafka checks its first sequence number (KIP-890).
 *
 * <p>Senders to such a partition wait, as they do for Kafka's metadata. A sender on Kafka's own thread does not: that
 * thread is the one that acknowledges.
 */
final class FirstSendGate implements RecordSink {

    private final RecordSink sink;
    private final Duration patience;
    private final ConcurrentMap<Integer, CompletableFuture<Void>> firsts = new ConcurrentHashMap<>();
    private volatile @Nullable Thread acknowledging;

    /** @param patience how long a sender waits for the first record's acknowledgement before its own record fails */
    FirstSendGate(RecordSink sink, Duration patience) {
        this.sink = sink;
        this.patience = patience;
    }

    @Override
    public void send(ProducerRecord<byte[], byte[]> record, Callback done) {
        Integer partition = Objects.requireNonNull(record.partition(), "the partition is decided before");
        CompletableFuture<Void> first = firsts.get(partition);
        while (first == null || !first.isDone()) {
            if (first == null) {
                CompletableFuture<Void> own = new CompletableFuture<>();
                first = firsts.putIfAbsent(partition, own);
                if (first == null) {
                    sendFirst(record, done, own);
                    return;
                }
            }
            if (Thread.currentThread().equals(acknowledging)) {
                break;
            }
            await(first);
            first = firsts.get(partition);
        }
        sink.send(record, done);
    }

    private void sendFirst(ProducerRecord<byte[], byte[]> record, Callback done, CompletableFuture<Void> own) {
        boolean sent = false;
        try {
            sink.send(record, (metadata, failure) -> {
                acknowledging = Thread.currentThread();
                settle(record, own, failure == null);
                done.onCompletion(metadata, failure);
            });
            sent = true;
        } finally {
            if (!sent) {
                settle(record, own, false);
            }
        }
    }

    /** Opens the gate after the first record's outcome; after a failure the next record is the first one again. */
    private void settle(ProducerRecord<byte[], byte[]> record, CompletableFuture<Void> own, boolean acknowledged) {
        if (!acknowledged) {
            firsts.remove(record.partition(), own);
        }
        own.complete(null);
    }

    private void await(CompletableFuture<Void> first) {
        try {
            first.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw new AssertionError("never completed with a failure", e);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException(
                    "the first record of this partition was not acknowledged within " + patience.toMillis() + " ms", e);
        }
    }

    @Override
    public void close(Duration time) {
        sink.close(time);
    }
}
