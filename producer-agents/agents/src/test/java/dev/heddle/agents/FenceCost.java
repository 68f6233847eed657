package dev.heddle.agents;

import dev.heddle.config.ByteSize;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.EventIds;
import dev.heddle.event.Json;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import dev.heddle.testing.Background;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.topic.TopicAdmin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What the fence costs a token stream, and how an emitter compares with a bare producer: a program, for a quiet
 * machine; with the argument {@code throughput} the latter alone. One partition of an embedded Kafka; 20 users with 50
 * tokens a second each; a reader that does not wait for commits, as an edge does not.
 */
final class FenceCost {

    private static final UserKey USER = UserKey.of("token-stream");
    private static final int PER_SECOND = 1_000;
    private static final int TOKENS = 20 * PER_SECOND;
    private static final int EVENTS = 500_000;
    private static final int ROUNDS = 9;
    private static final String DELTA = " token";

    /** What may wait for Kafka is the same for one run as for the bare producer: its buffer. */
    private static final PublisherSettings.Bounds BUFFER_ALONE = new PublisherSettings.Bounds(
            ByteSize.kibibytes(960), Integer.MAX_VALUE, ByteSize.mebibytes(64), ByteSize.mebibytes(64));

    private final FreshCluster kafka;
    private final PublisherSettings settings = PublisherSettings.defaults().withPartitions(1);

    private FenceCost(FreshCluster kafka) {
        this.kafka = kafka;
    }

    public static void main(String[] arguments) throws Exception {
        try (FreshCluster kafka = KafkaFixture.freshCluster()) {
            try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
                TopicAdmin.create(admin, TopicLayout.local().withPartitions(1));
            }
            FenceCost cost = new FenceCost(kafka);
            boolean streams = !List.of(arguments).contains("throughput");
            for (int round = 0; round < 2 && streams; round++) {
                cost.streamPlain("round " + round + " without a fence        ");
                cost.streamFenced("round " + round + " fenced, commit every 5s", Duration.ofSeconds(5));
                cost.streamFenced("round " + round + " fenced, commit every 1s", Duration.ofSeconds(1));
            }
            for (int threads : new int[] {1, 4}) {
                cost.throughput(threads);
            }
        }
    }

    private KafkaClientSettings client() {
        return KafkaClientSettings.at(kafka.bootstrapServers());
    }

    private void streamPlain(String what) throws Exception {
        try (Publisher publisher = Publisher.open(client(), settings)) {
            stream(what, publisher);
        }
    }

    private void streamFenced(String what, Duration commitEvery) throws Exception {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
        try (PartitionFence fence = PartitionFence.take(
                client(), settings, "fence-cost", Publisher.Telemetry.of(new SimpleMeterRegistry()))) {
            var commits = timer.scheduleWithFixedDelay(
                    fence::commit, commitEvery.toMillis(), commitEvery.toMillis(), TimeUnit.MILLISECONDS);
            stream(what, fence.publisher());
            commits.cancel(false);
        } finally {
            timer.shutdown();
        }
    }

    /** Paced evenly; each token's time to its acknowledgement and to a reader's poll. */
    private void stream(String what, Publisher publisher) throws Exception {
        long[] sent = new long[TOKENS];
        long[] acknowledged = new long[TOKENS];
        long[] read = new long[TOKENS];
        CountDownLatch all = new CountDownLatch(TOKENS);
        CompletableFuture<Void> reader = reader(read);
        long start = System.nanoTime();
        for (int i = 0; i < TOKENS; i++) {
            LockSupport.parkNanos(start + i * (1_000_000_000L / PER_SECOND) - System.nanoTime());
            int n = i;
            byte[] value = token(n);
            sent[n] = System.nanoTime();
            publisher.events().send(USER, value, null, (at, failure) -> {
                acknowledged[n] = System.nanoTime() - sent[n];
                all.countDown();
            });
        }
        all.await();
        reader.join();
        for (int i = 0; i < TOKENS; i++) {
            read[i] -= sent[i];
        }
        System.out.println("measured: " + what + " to acknowledge " + quantiles(acknowledged) + ", to a reader "
                + quantiles(read));
    }

    private CompletableFuture<Void> reader(long[] read) {
        CountDownLatch there = new CountDownLatch(1);
        CompletableFuture<Void> done = Background.run(() -> {
            try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                    Map.of("bootstrap.servers", kafka.bootstrapServers()),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer())) {
                TopicPartition log = new TopicPartition(Topics.AGENT_EVENTS, 0);
                consumer.assign(List.of(log));
                consumer.seekToEnd(List.of(log));
                consumer.position(log);
                there.countDown();
                int seen = 0;
                while (seen < read.length) {
                    for (var unused : consumer.poll(Duration.ofMillis(100))) {
                        read[seen++] = System.nanoTime();
                    }
                }
            }
        });
        try {
            there.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return done;
    }

    /** As an emitter stores it, which names the run and the message by ids of its own. */
    private static byte[] token(int n) {
        Envelope envelope = new Envelope(EventIds.next(), USER, "t", "a", new RunPlace(EventIds.next(), n, 0));
        return EventCodec.encode(new AgentEvent(
                envelope,
                Json.object()
                        .put("type", "TEXT_MESSAGE_CONTENT")
                        .put("timestamp", System.currentTimeMillis())
                        .put("messageId", EventIds.next())
                        .put("delta", DELTA)));
    }

    /**
     * Ready bytes through a bare producer with the same settings, and events through emitters, plain and fenced, in
     * turn; the medians of the rounds, because a round varies by half, and without the first two, which are not warm.
     */
    private void throughput(int threads) throws Exception {
        double[] bare = new double[ROUNDS];
        double[] plain = new double[ROUNDS];
        double[] unbounded = new double[ROUNDS];
        double[] fenced = new double[ROUNDS];
        for (int round = -2; round < ROUNDS; round++) {
            int at = Math.max(round, 0);
            bare[at] = bare(threads);
            plain[at] = emitted(settings, threads);
            unbounded[at] = emitted(
                    new PublisherSettings(
                            1, settings.linger(), settings.join(), settings.deliveryTimeout(), BUFFER_ALONE),
                    threads);
            fenced[at] = fenced(threads);
            forget();
        }
        double floor = told("a bare producer", threads, bare);
        for (var emitter : List.of(
                Map.entry("an emitter", plain),
                Map.entry("without a bound of its run", unbounded),
                Map.entry("fenced", fenced))) {
            double rate = told(emitter.getKey(), threads, emitter.getValue());
            System.out.printf(Locale.ROOT, "measured: %s: %.2f of the bare producer%n", emitter.getKey(), rate / floor);
        }
    }

    /** Lets the broker drop what was measured with, so that the disk does not become what is measured. */
    private void forget() throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
            RecordsToDelete all = RecordsToDelete.beforeOffset(-1);
            admin.deleteRecords(Map.of(new TopicPartition(Topics.AGENT_EVENTS, 0), all))
                    .all()
                    .get();
        }
    }

    private static double told(String what, int threads, double[] rounds) {
        double[] sorted = rounds.clone();
        Arrays.sort(sorted);
        double median = sorted[ROUNDS / 2];
        System.out.printf(
                Locale.ROOT,
                "measured: %s, %d threads: %.0f/s, %.0f to %.0f%n",
                what,
                threads,
                median,
                sorted[0],
                sorted[ROUNDS - 1]);
        return median;
    }

    private double fenced(int threads) throws Exception {
        try (PartitionFence fence = PartitionFence.take(
                client(), settings, "fence-cost", Publisher.Telemetry.of(new SimpleMeterRegistry()))) {
            return emitted(fence.publisher(), threads);
        }
    }

    private double emitted(PublisherSettings settings, int threads) throws Exception {
        try (Publisher publisher = Publisher.open(client(), settings, new SimpleMeterRegistry())) {
            return emitted(publisher, threads);
        }
    }

    private double bare(int threads) throws Exception {
        byte[] value = token(EVENTS / 2);
        AtomicInteger failed = new AtomicInteger();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Publisher.properties(client(), settings), new ByteArraySerializer(), new ByteArraySerializer())) {
            long start = System.nanoTime();
            onThreads(threads, () -> {
                for (int i = 0; i < EVENTS / threads; i++) {
                    var unused = producer.send(
                            new ProducerRecord<>(Topics.AGENT_EVENTS, 0, USER.utf8(), value),
                            (at, failure) -> failed.addAndGet(failure == null ? 0 : 1));
                }
            });
            producer.flush();
            return perSecond(start, failed.get());
        }
    }

    private static void onThreads(int count, Runnable work) {
        List<Thread> threads =
                IntStream.range(0, count).mapToObj(i -> new Thread(work)).toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static double emitted(Publisher publisher, int threads) {
        long start = System.nanoTime();
        onThreads(threads, () -> {
            try (RunEmitter run = publisher.run(RunAddress.newRun(USER, "t", "a"));
                    TextStream message = run.message()) {
                for (int i = 0; i < EVENTS / threads; i++) {
                    message.write(DELTA);
                }
            }
        });
        return perSecond(start, 0);
    }

    private static double perSecond(long start, int failed) {
        if (failed > 0) {
            throw new AssertionError(failed + " were not acknowledged");
        }
        return EVENTS * 1e9 / (System.nanoTime() - start);
    }

    private static String quantiles(long[] nanos) {
        Arrays.sort(nanos);
        return String.format(
                Locale.ROOT,
                "p50=%.2fms p99=%.2fms p99.9=%.2fms max=%.1fms",
                nanos[nanos.length / 2] / 1e6,
                nanos[nanos.length * 99 / 100] / 1e6,
                nanos[nanos.length * 999 / 1000] / 1e6,
                nanos[nanos.length - 1] / 1e6);
    }
}
