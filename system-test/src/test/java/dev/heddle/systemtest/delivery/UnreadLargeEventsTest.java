package dev.heddle.systemtest.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.bench.process.EdgeMetrics;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.EventIds;
import dev.heddle.event.Json;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import dev.heddle.token.TokenSigner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many users whose events are nearly as large as Kafka takes them, and who do not read: an edge in a process of its own
 * holds what it is configured to, serves others, and delivers everything once they read again.
 */
final class UnreadLargeEventsTest {
    private static final int USERS = Scale.of(50, 600);
    private static final int EVENTS = 2;
    private static final int EVENT_BYTES = 900_000;
    private static final int PARTITIONS = Scale.of(4, 64);
    private static final int MIB = 1024 * 1024;
    private static final int HEAP_MIB = Scale.of(96, 512);
    private static final int WINDOW_MIB = Scale.of(16, 256);
    private static final int IN_FLIGHT_MIB = Scale.of(8, 64);
    private static final int CATCH_UP_MIB = Scale.of(8, 64);
    private static final double TOLERANCE = 1.1;

    private static final int EVENT_LOOPS = 2;

    /**
     * Outside of the heap beside what is in flight, as docs/operations.md sums it up: the event loops' buffers, and
     * those that Kafka is read with.
     */
    private static final double BESIDE_MIB = 4.3 * EVENT_LOOPS + 36;

    private static final long SETTLED_NANOS = Duration.ofSeconds(3).toNanos();
    private static final Duration LIMIT = Duration.ofSeconds(Scale.of(60, 400));
    private static final String GOOD = "good";

    @Test
    void whatNobodyReadsIsHeldWithinTheBoundAndDeliveredOnceItIsRead(@TempDir Path directory) throws Exception {
        TokenSigner tokens = TokenSigner.in(directory);
        Path log = directory.resolve("edge.log");
        List<String> users = Cluster.users("unread-", USERS);
        List<UnreadSocket> sockets = new ArrayList<>();
        ExecutorService readers = Executors.newFixedThreadPool(USERS);
        try (Cluster cluster = Cluster.start(PARTITIONS)) {
            publish(cluster, users);
            List<String> settings = cluster.edgeSettings(
                    tokens,
                    "hub.windowBytes=" + WINDOW_MIB + "MiB",
                    "hub.inFlightBytes=" + IN_FLIGHT_MIB + "MiB",
                    "hub.catchUpBytes=" + CATCH_UP_MIB + "MiB",
                    "http.eventLoops=" + EVENT_LOOPS,
                    // Who does not read does not answer pings either.
                    "sessions.heartbeat=5m");
            List<String> options = List.of("-Xmx" + HEAP_MIB + "m", "-XX:NativeMemoryTracking=summary");
            try (EdgeProcess edge = EdgeProcess.launch(settings, log, options);
                    UnreadSocket good = UnreadSocket.connect(edge.port(), tokens.token(GOOD), "from=latest")) {
                ResourceSample before = edge.holdings();
                for (String user : users) {
                    sockets.add(UnreadSocket.connect(edge.port(), tokens.token(user), "from=earliest"));
                }
                long most = settle(edge);
                ResourceSample after = edge.holdings();
                Scale.measured(
                        "unread large events: %d users, in flight at most %d of %d bytes; heap %d MiB of %d, was %d;"
                                + " direct %d MiB, was %d; resident %d MiB, was %d",
                        USERS,
                        most,
                        (long) IN_FLIGHT_MIB * MIB,
                        after.liveBytes() / MIB,
                        HEAP_MIB,
                        before.liveBytes() / MIB,
                        after.nativeBytes() / MIB,
                        before.nativeBytes() / MIB,
                        after.residentBytes() / MIB,
                        before.residentBytes() / MIB);
                assertTrue(most <= (long) IN_FLIGHT_MIB * MIB, "in flight " + most);
                long direct = after.nativeBytes();
                assertTrue(direct <= TOLERANCE * (IN_FLIGHT_MIB + BESIDE_MIB) * MIB, "direct memory " + direct);
                long heap = after.liveBytes() - before.liveBytes();
                long bound = (long) (WINDOW_MIB + IN_FLIGHT_MIB + CATCH_UP_MIB) * MIB;
                assertTrue(heap <= TOLERANCE * bound, "heap grew by " + heap);

                publish(cluster, GOOD, 0, 100);
                assertEquals(List.of(0), good.sequenceNumbers(1), "another user's event");

                List<Future<List<Integer>>> read = new ArrayList<>();
                for (UnreadSocket socket : sockets) {
                    read.add(readers.submit(() -> socket.sequenceNumbers(EVENTS)));
                }
                for (Future<List<Integer>> each : read) {
                    assertEquals(List.of(0, 1), each.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
                }
                for (UnreadSocket socket : sockets) {
                    socket.close();
                }
                await("nothing is in flight").atMost(LIMIT).until(() -> inFlight(edge) == 0);
            }
            String talk = Files.readString(log);
            assertFalse(talk.contains("\tat "), () -> "a stack trace: " + talk);
        } finally {
            readers.shutdownNow();
            for (UnreadSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private static long inFlight(EdgeProcess edge) {
        return EdgeMetrics.of(edge.managementPort()).get("heddle_edge_inflight_bytes");
    }

    /** Waits until what is in flight does not change any more; gives the most that was seen. */
    private static long settle(EdgeProcess edge) {
        long[] seen = {0, -1, System.nanoTime()};
        await("what is in flight to settle").atMost(LIMIT).until(() -> {
            long now = inFlight(edge);
            if (now != seen[1]) {
                seen[1] = now;
                seen[2] = System.nanoTime();
            }
            seen[0] = Math.max(seen[0], now);
            return now > 0 && System.nanoTime() - seen[2] > SETTLED_NANOS;
        });
        return seen[0];
    }

    private static void publish(Cluster cluster, List<String> users) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(cluster)) {
            List<Future<?>> sent = new ArrayList<>();
            for (int number = 0; number < EVENTS; number++) {
                for (String user : users) {
                    sent.add(producer.send(record(cluster, user, number, EVENT_BYTES)));
                }
            }
            for (Future<?> each : sent) {
                Object unused = each.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    private static void publish(Cluster cluster, String user, int number, int bytes) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(cluster)) {
            Object unused = producer.send(record(cluster, user, number, bytes)).get(30, TimeUnit.SECONDS);
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(Cluster cluster) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "acks", "all", "buffer.memory", 16L * MIB),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static ProducerRecord<byte[], byte[]> record(Cluster cluster, String user, int number, int bytes) {
        UserKey key = UserKey.of(user);
        Envelope envelope = new Envelope(EventIds.next(), key, "thread", "agent", new RunPlace("run", number, 0));
        AgentEvent event = new AgentEvent(
                envelope,
                Json.object()
                        .put("type", "TEXT_MESSAGE_CONTENT")
                        .put("timestamp", 1_767_225_600_000L)
                        .put("messageId", "message")
                        .put("delta", "x".repeat(bytes)));
        return new ProducerRecord<>(
                Topics.AGENT_EVENTS, cluster.partitionOf(user), key.utf8(), EventCodec.encode(event));
    }
}
