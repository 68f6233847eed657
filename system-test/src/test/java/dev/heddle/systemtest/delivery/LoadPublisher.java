package dev.heddle.systemtest.delivery;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.EventIds;
import dev.heddle.event.Json;
import dev.heddle.event.Partitioning;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A publisher of events that can be judged by whoever receives them: each says its owner, its number among the owner's
 * (0, 1, 2, …) and when it was meant to be published ({@link System#nanoTime()}). Idempotent, and patient with a Kafka
 * that is away. Thread-safe, but a user's events are to come from one thread.
 */
final class LoadPublisher implements AutoCloseable {
    static final String OWNER = "o";
    static final String NUMBER = "n";
    static final String TIME = "t";

    private static final int TICK_MILLIS = 5;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);

    private final KafkaProducer<byte[], byte[]> producer;
    private final int partitions;
    private final Map<String, Stream> streams = new ConcurrentHashMap<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong storedBytes = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    /** One user's events so far. */
    private static final class Stream {
        final UserKey user;
        final int partition;
        long next;

        Stream(UserKey user, int partition) {
            this.user = user;
            this.partition = partition;
        }
    }

    LoadPublisher(Cluster cluster) {
        this.partitions = cluster.partitions();
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        cluster.bootstrapServers(),
                        "acks",
                        "all",
                        "linger.ms",
                        1,
                        "batch.size",
                        128 * 1024,
                        "buffer.memory",
                        64L * 1024 * 1024,
                        "max.block.ms",
                        180_000,
                        "request.timeout.ms",
                        5_000,
                        "delivery.timeout.ms",
                        180_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Sends the user's next event; returns before Kafka has it. */
    void send(String user, int padding) {
        send(user, padding, System.nanoTime());
    }

    private void send(String user, int padding, long meantAt) {
        Stream stream = streams.computeIfAbsent(user, this::stream);
        synchronized (stream) {
            byte[] value = EventCodec.encode(event(stream.user, stream.next, meantAt, padding));
            append(stream, value);
            stream.next++;
        }
    }

    /** A crowd of users who are never read; their events are all alike but for their owners, and so cheap to make. */
    Crowd crowd(List<String> users) {
        return new Crowd(users);
    }

    /** Used by one thread. */
    final class Crowd {
        private final List<Stream> members;
        private final List<byte[]> values;
        private long turn;

        private Crowd(List<String> users) {
            members = users.stream().map(LoadPublisher.this::stream).toList();
            values = members.stream()
                    .map(member -> EventCodec.encode(event(member.user, 0, 0, 100)))
                    .toList();
        }

        /** Sends so many events, of one member after the other; returns before Kafka has them. */
        void send(int count) {
            for (int i = 0; i < count; i++) {
                int member = (int) (turn++ % members.size());
                append(members.get(member), values.get(member));
            }
        }
    }

    private Stream stream(String name) {
        UserKey user = UserKey.of(name);
        return new Stream(user, Partitioning.partitionOf(user, partitions));
    }

    private static AgentEvent event(UserKey user, long number, long meantAt, int padding) {
        ObjectNode value = Json.object()
                .put(OWNER, user.value())
                .put(NUMBER, number)
                .put(TIME, meantAt)
                .put("p", "x".repeat(padding));
        ObjectNode event = Json.object()
                .put("type", "CUSTOM")
                .put("timestamp", System.currentTimeMillis())
                .put("name", "load");
        event.set("value", value);
        return new AgentEvent(
                new Envelope(EventIds.next(), user, "thread-1", "load", new RunPlace("run-1", number, 0)), event);
    }

    private void append(Stream stream, byte[] value) {
        storedBytes.addAndGet(stream.user.utf8().length + value.length);
        Callback done = (metadata, problem) -> {
            if (problem == null) {
                acknowledged.incrementAndGet();
            } else {
                failure.compareAndSet(null, problem);
            }
        };
        Future<RecordMetadata> unused = producer.send(
                new ProducerRecord<>(Topics.AGENT_EVENTS, stream.partition, stream.user.utf8(), value), done);
        // After the send: a flush on another thread waits only for what the producer already has.
        sent.incrementAndGet();
    }

    /** Publishes from now on this many events a second, to the users in turn, on a thread of its own. */
    Steady steadily(List<String> users, int perSecond, int padding) {
        return new Steady(users, perSecond, padding);
    }

    /** A load that goes on until it is stopped. */
    final class Steady implements AutoCloseable {
        private final List<String> users;
        private final int perSecond;
        private final int padding;
        private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        private final AtomicLong count = new AtomicLong();
        private final long begin = System.nanoTime();
        private final ScheduledFuture<?> ticking;
        private long ticks;

        private Steady(List<String> users, int perSecond, int padding) {
            this.users = users;
            this.perSecond = perSecond;
            this.padding = padding;
            this.ticking = thread.scheduleAtFixedRate(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }

        private void tick() {
            long due = ++ticks * perSecond * TICK_MILLIS / 1000;
            long meantAt = begin + (ticks - 1) * TICK_NANOS;
            for (long i = count.get(); i < due; i++) {
                send(users.get((int) (i % users.size())), padding, meantAt);
                count.incrementAndGet();
            }
        }

        /** How many it has sent. */
        long count() {
            return count.get();
        }

        /** Stops, and returns when everything is acknowledged. */
        @Override
        public void close() {
            ticking.cancel(false);
            thread.shutdown();
            try {
                if (!thread.awaitTermination(3, TimeUnit.MINUTES)) {
                    throw new AssertionError("Kafka took no events for too long");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
            flush();
        }
    }

    /** Returns when all that was sent before is acknowledged; fails the test if it was not. */
    void flush() {
        long before = sent.get();
        producer.flush();
        Exception problem = failure.get();
        if (problem != null) {
            throw new AssertionError("Kafka did not take an event", problem);
        }
        if (acknowledged.get() < before) {
            throw new AssertionError(before + " sent, " + acknowledged.get() + " acknowledged");
        }
    }

    /** How many events of this user there are. */
    long count(String user) {
        Stream stream = streams.get(user);
        if (stream == null) {
            return 0;
        }
        synchronized (stream) {
            return stream.next;
        }
    }

    /** How many bytes an event takes in the log, on average. */
    double meanBytes() {
        return (double) storedBytes.get() / Math.max(1, sent.get());
    }

    /** All bytes so far, keys and values. */
    long storedBytes() {
        return storedBytes.get();
    }

    @Override
    public void close() {
        producer.close();
    }
}
