package dev.heddle.systemtest.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.bench.process.EdgeMetrics;
import dev.heddle.client.StreamQuery;
import dev.heddle.edge.Edge;
import dev.heddle.event.topic.Topics;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's missed events among a multitude of others' in the same partition, at edges that have just started. */
final class ForeignEventsTest {
    private static final int FEW = Scale.of(50_000, 1_000_000);
    private static final int MANY = Scale.of(150_000, 10_000_000);
    private static final int MISSED = 1_000;
    private static final int BUNCHES = 5;
    private static final int OTHERS = 5_000;
    private static final int PADDING = 100;

    /** How many offsets an index record is about: what is behind the last whole block has none. */
    private static final long BLOCK = 4096;

    private static final int ROUNDS = Scale.of(1, 5);

    /** Catch-ups before any is measured: what is judged is a warm JVM. */
    private static final int WARM_UPS = Scale.of(10, 50);

    private static final Duration LIMIT = Duration.ofSeconds(Scale.of(60, 600));

    /** A partition with one user's missed events in it. */
    private record Stage(int partition, int foreign, List<String> users) {}

    /**
     * One catch-up.
     *
     * @param millis from connect to last event
     * @param helloMillis from connect to hello
     */
    private record CatchUp(double millis, double helloMillis) {}

    /**
     * What some catch-ups took, each at an edge that had just started, and others there after them.
     *
     * @param median the median of the first ones
     * @param all the first ones, the fastest first
     * @param next those of a second user, at the same edges
     * @param read what an edge read for a first one
     */
    private record Outcome(CatchUp median, List<CatchUp> all, List<CatchUp> next, EdgeMetrics read) {}

    @Test
    void catchUpCostsWhatTheUserMissedWhateverOthersDid(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.in(directory);
        try (Cluster cluster = Cluster.start(4);
                LoadPublisher load = new LoadPublisher(cluster)) {
            Stage few = new Stage(0, FEW, cluster.usersOf(0, "few-", 2 * ROUNDS));
            Stage many = new Stage(1, MANY, cluster.usersOf(1, "many-", 2 * ROUNDS));
            Stage spread = new Stage(2, FEW, cluster.usersOf(2, "spread-", 2 * ROUNDS));
            Stage warm = new Stage(3, FEW / 2, cluster.usersOf(3, "warm-", WARM_UPS));
            List<Stage> stages = List.of(few, many, spread, warm);
            try (Edge indexing = cluster.startEdge(tokens)) {
                ClientFleet cursors = cursors(stages, tokens, indexing);
                publish(cluster, load, stages);
                awaitIndex(cluster, stages);
                warmUp(cursors, warm, indexing);
                // All that follows is asked of edges that have just started, on a JVM that is warm.
                judge(cluster, tokens, new Stages(cursors, few, many, spread));
                cursors.close();
            }
        }
    }

    private record Stages(ClientFleet fleet, Stage few, Stage many, Stage spread) {}

    /** Every user's cursor before anything has happened. */
    private static ClientFleet cursors(List<Stage> stages, TokenSigner tokens, Edge edge) {
        List<String> all =
                stages.stream().flatMap(stage -> stage.users().stream()).toList();
        ClientFleet fleet = new ClientFleet(all, tokens, StreamQuery.from("latest"));
        fleet.target(edge.port());
        fleet.come(LIMIT);
        fleet.users().forEach(FleetUser::leave);
        return fleet;
    }

    private static void publish(Cluster cluster, LoadPublisher load, List<Stage> stages) {
        long begin = System.nanoTime();
        for (Stage stage : stages) {
            LoadPublisher.Crowd others = load.crowd(cluster.usersOf(stage.partition(), "other-", OTHERS));
            boolean spread = stage.partition() == 2;
            int pieces = spread ? MISSED : BUNCHES;
            for (int piece = 0; piece < pieces; piece++) {
                others.send(stage.foreign() / pieces / 2);
                for (String user : stage.users()) {
                    for (int i = 0; i < MISSED / pieces; i++) {
                        load.send(user, PADDING);
                    }
                }
                others.send(stage.foreign() / pieces / 2);
            }
        }
        load.flush();
        Scale.measured(
                "foreign events: published %d bytes in %.1f s", load.storedBytes(), (System.nanoTime() - begin) / 1e9);
    }

    /**
     * Returns when every whole block has its index record; without an index there is nothing to judge, and the test
     * fails.
     */
    private static void awaitIndex(Cluster cluster, List<Stage> stages) {
        LongSupplier records = () -> stages.stream()
                .mapToLong(stage -> cluster.end(Topics.AGENT_EVENTS_INDEX, stage.partition()))
                .sum();
        long wanted = stages.stream()
                .mapToLong(stage -> cluster.end(Topics.AGENT_EVENTS, stage.partition()) / BLOCK)
                .sum();
        long begin = System.nanoTime();
        assertTrue(wanted > 0, "no whole block was published");
        await("the index").atMost(LIMIT).until(() -> records.getAsLong() >= wanted);
        Scale.measured(
                "foreign events: index has %d records for %d blocks, %.1f s after the last event",
                records.getAsLong(), wanted, (System.nanoTime() - begin) / 1e9);
    }

    private static void warmUp(ClientFleet fleet, Stage warm, Edge edge) {
        for (String name : warm.users()) {
            catchUp(fleet, name, edge.port());
        }
    }

    private static void judge(Cluster cluster, TokenSigner tokens, Stages stages) {
        Outcome few = measure(cluster, tokens, stages.fleet(), stages.few());
        Outcome many = measure(cluster, tokens, stages.fleet(), stages.many());
        Outcome spread = measure(cluster, tokens, stages.fleet(), stages.spread());
        Scan fewIndex = scan(cluster, Topics.AGENT_EVENTS_INDEX, 0);
        Scan manyIndex = scan(cluster, Topics.AGENT_EVENTS_INDEX, 1);
        Scan plain = Collections.min(
                Arrays.asList(scan(cluster, 2), scan(cluster, 2), scan(cluster, 2)),
                (one, other) -> Double.compare(one.millis(), other.millis()));
        report(stages.few(), "5 bunches", few, fewIndex);
        report(stages.many(), "5 bunches", many, manyIndex);
        report(stages.spread(), "evenly", spread, plain);
        Scale.measured(
                "foreign events: %d foreign took %.2f times what %d took (reading the index apart: %.1f ms);"
                        + " spread evenly took %.2f times a plain scan",
                MANY,
                many.median().millis() / few.median().millis(),
                FEW,
                manyIndex.millis(),
                spread.median().millis() / plain.millis());
        long bytes = few.read().catchUpBytes();
        assertTrue(bytes > 0 && bytes < plain.bytes(), "catch-up read as much as a plain scan: " + bytes);
        if (Scale.isFull()) {
            assertTrue(few.median().millis() <= 50, "bunches: " + few);
            assertTrue(
                    many.median().millis() <= 1.5 * few.median().millis() + manyIndex.millis(), "ten times: " + many);
            assertTrue(spread.median().millis() <= 1.2 * plain.millis(), "spread: " + spread);
        }
    }

    private static void report(Stage stage, String how, Outcome outcome, Scan beside) {
        Scale.measured(
                "foreign events: %d missed (%s) among %d foreign: %.1f ms from connect to last event (hello after %.1f ms);"
                        + " catch-up read %d bytes, the tail %d, of the index %d; all %s; next at the same edges %s;"
                        + " a plain consumer reads %s: %d bytes in %.1f ms",
                MISSED,
                how,
                stage.foreign(),
                outcome.median().millis(),
                outcome.median().helloMillis(),
                outcome.read().catchUpBytes(),
                outcome.read().tailBytes(),
                outcome.read().get("heddle_edge_index_read_bytes_total"),
                times(outcome.all()),
                times(outcome.next()),
                beside.topic(),
                beside.bytes(),
                beside.millis());
    }

    private static String times(List<CatchUp> some) {
        return some.stream()
                .map(each -> String.format(Locale.ROOT, "%.1f (%.1f)", each.millis(), each.helloMillis()))
                .collect(Collectors.joining(", "));
    }

    /** Catches the stage's users up in pairs, each pair at an edge that nobody has used. */
    private static Outcome measure(Cluster cluster, TokenSigner tokens, ClientFleet fleet, Stage stage) {
        List<CatchUp> first = new ArrayList<>();
        List<CatchUp> next = new ArrayList<>();
        EdgeMetrics read = new EdgeMetrics(Map.of());
        for (int i = 0; i < stage.users().size(); i += 2) {
            try (Edge edge = cluster.startEdge(tokens)) {
                EdgeMetrics before = EdgeMetrics.of(edge.managementPort());
                first.add(catchUp(fleet, stage.users().get(i), edge.port()));
                read = EdgeMetrics.of(edge.managementPort()).since(before);
                next.add(catchUp(fleet, stage.users().get(i + 1), edge.port()));
            }
        }
        first.sort(Comparator.comparing(CatchUp::millis));
        return new Outcome(first.get(first.size() / 2), first, next, read);
    }

    private static CatchUp catchUp(ClientFleet fleet, String name, int port) {
        FleetUser user = fleet.user(name);
        fleet.target(port);
        long begin = System.nanoTime();
        user.come();
        await("all that " + name + " missed").atMost(LIMIT).until(() -> user.received() >= MISSED);
        assertTrue(user.faults(MISSED).isEmpty(), user.faults(MISSED));
        user.leave();
        return new CatchUp((user.lastAt() - begin) / 1e6, (user.greetedAt() - begin) / 1e6);
    }

    /** What it costs a bare consumer to read a partition from beginning to end. */
    private record Scan(String topic, long bytes, double millis) {}

    private static Scan scan(Cluster cluster, int partition) {
        return scan(cluster, Topics.AGENT_EVENTS, partition);
    }

    private static Scan scan(Cluster cluster, String topic, int partition) {
        TopicPartition read = new TopicPartition(topic, partition);
        long end = cluster.end(topic, partition);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "max.poll.records", 4000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(read));
            consumer.seek(read, 0);
            long begin = System.nanoTime();
            long bytes = 0;
            while (consumer.position(read) < end) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(100));
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    bytes += record.serializedKeySize() + record.serializedValueSize();
                }
            }
            return new Scan(topic, bytes, (System.nanoTime() - begin) / 1e6);
        }
    }
}
