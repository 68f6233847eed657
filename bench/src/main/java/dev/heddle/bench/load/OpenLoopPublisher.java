package dev.heddle.bench.load;

import dev.heddle.bench.BenchFailedException;
import dev.heddle.event.Partitioning;
import dev.heddle.event.topic.Topics;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A publisher that keeps to a timetable: events go to the users in turn, each stamped with its due time however late it
 * is sent. Idempotent, {@code acks=all}. The methods are called by one thread; the pace has its own.
 */
public final class OpenLoopPublisher implements AutoCloseable {
    private static final int BATCH_BYTES = 64 * 1024;
    private static final long BUFFER_BYTES = 128L * 1024 * 1024;

    private final LoadUsers users;
    private final EventTemplate[] templates;
    private final int[] partitionOf;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Callback done = this::done;
    private final Pace pace = new Pace(new InTurn());

    /** The log to publish to, and the producer's linger in ms. */
    public record Log(String bootstrap, int partitions, int lingerMillis) {}

    /** @param size of an event in the log, in bytes */
    public OpenLoopPublisher(LoadUsers users, int size, Log log) {
        this.users = users;
        this.templates = new EventTemplate[users.size()];
        this.partitionOf = new int[users.size()];
        for (int i = 0; i < users.size(); i++) {
            templates[i] = EventTemplate.of(users.user(i), i, size);
            partitionOf[i] = Partitioning.partitionOf(users.user(i), log.partitions());
        }
        this.producer = producer(log);
    }

    /** The producer of every load: idempotent, {@code acks=all}, without compression. */
    public static KafkaProducer<byte[], byte[]> producer(Log log) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        log.bootstrap(),
                        "acks",
                        "all",
                        "linger.ms",
                        log.lingerMillis(),
                        "batch.size",
                        BATCH_BYTES,
                        "buffer.memory",
                        BUFFER_BYTES,
                        "compression.type",
                        "none"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private final class InTurn implements Pace.Sender {
        @Override
        public void send(long due) {
            long number = sent.getPlain();
            int user = (int) (number % users.size());
            byte[] value = templates[user].event(number / users.size(), due);
            // The producer has copied the value into a batch when send returns, so the template is free again.
            Future<RecordMetadata> unused = producer.send(
                    new ProducerRecord<>(
                            Topics.AGENT_EVENTS,
                            partitionOf[user],
                            users.user(user).utf8(),
                            value),
                    done);
            sent.setRelease(number + 1);
        }

        @Override
        public void flush() {
            // The producer sends by itself.
        }
    }

    private void done(@Nullable RecordMetadata where, @Nullable Exception problem) {
        if (problem != null) {
            failure.compareAndSet(null, problem);
        }
    }

    /** Starts to publish {@code perSecond} events a second, until {@link #stop()}. */
    public void start(double perSecond) {
        pace.start(perSecond);
    }

    /** Ends the run and waits until Kafka has acknowledged every event. */
    public void stop() {
        pace.stop();
        flush();
    }

    /** Sends each user {@code each} more events as fast as Kafka takes them, and waits until all are acknowledged. */
    public void give(int each) {
        InTurn all = new InTurn();
        for (long i = (long) each * users.size(); i > 0; i--) {
            all.send(System.nanoTime());
        }
        flush();
    }

    private void flush() {
        producer.flush();
        Exception problem = failure.get();
        if (problem != null) {
            throw new BenchFailedException("Kafka did not take an event: " + problem.getMessage(), problem);
        }
    }

    /** The number of events sent so far. */
    public long sent() {
        return sent.getAcquire();
    }

    /** The number of events sent to this user so far. */
    public long sentTo(int user) {
        return users.share(user, sent());
    }

    /** The delays of sends behind the timetable since the last call, in ns. */
    public Histogram takeLateness() {
        return pace.takeLateness();
    }

    @Override
    public void close() {
        producer.close();
    }
}
