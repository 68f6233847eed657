package dev.heddle.systemtest.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.bench.process.EdgeMetrics;
import dev.heddle.bench.process.JavaProcess;
import dev.heddle.bench.process.Usage;
import dev.heddle.client.StreamQuery;
import dev.heddle.testing.FreePorts;
import dev.heddle.token.TokenSigner;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A storm of nonsense, and what it does to everybody else. Edge and attackers are processes of their own, and the
 * attackers take only what processor time is left: what is measured is the edge's trouble with them, not that they
 * share a machine. With {@code -Pfull} at the size that is promised, and the figures are asserted.
 */
final class HostileStormTest {

    private static final int STORM = Scale.of(20_000, 1_000_000);
    private static final int STORM_PER_SECOND = Scale.of(20_000, 10_000);
    private static final int SILENT = Scale.of(2_500, 5_000);
    private static final int USERS = 50;
    private static final int NEWCOMERS = 20;
    private static final int PER_SECOND = 200;
    private static final int SECONDS_BEFORE = Scale.of(1, 30);
    private static final int PADDING = 200;
    private static final long FLAT_HEAP_BYTES = 8L << 20;
    private static final long FLAT_RESIDENT_BYTES = 48L << 20;
    private static final String HEAP = Scale.of(256, 512) + "m";
    private static final String HEDDLE = "dev.heddle.local.Heddle";
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration STORM_LIMIT = Duration.ofMinutes(Scale.of(3, 8));

    @Test
    void aStormOfNonsenseLeavesOthersServedAndMemoryAsItWas(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.in(directory);
        List<String> users = Cluster.users("user-", USERS);
        int management = FreePorts.next();
        try (Cluster cluster = Cluster.start(8);
                JavaProcess edge = edge(cluster, tokens, management, directory);
                ClientFleet fleet = new ClientFleet(users, tokens, StreamQuery.from("latest"));
                ClientFleet late =
                        new ClientFleet(Cluster.users("late-", NEWCOMERS), tokens, StreamQuery.from("latest"));
                LoadPublisher load = new LoadPublisher(cluster)) {
            int port = URI.create(edge.ready()).getPort();
            fleet.target(port);
            late.target(port);
            fleet.come(LIMIT);
            try (LoadPublisher.Steady steady = load.steadily(users, PER_SECOND, PADDING);
                    JavaProcess attackers = attackers(port, tokens, directory)) {
                // The first ones find code that is not compiled yet, and memory that has not been used.
                storm(attackers, STORM / 5);
                Held before = settled(edge, management);
                goOn(steady, 1);
                fleet.takeLatencies();
                goOn(steady, SECONDS_BEFORE);
                Histogram quiet = fleet.takeLatencies();
                Usage begun = edge.probe().usage();
                attackers.ask("silent " + SILENT, LIMIT);
                late.come(LIMIT);
                String sent = storm(attackers, STORM);
                Histogram stormy = fleet.takeLatencies();
                Usage spent = edge.probe().usage().since(begun);
                assertEquals("ended " + SILENT, attackers.ask("ended", LIMIT));
                late.users().forEach(FleetUser::leave);
                Held after = settled(edge, management);
                Held grown = new Held(after.usage().since(before.usage()), after.windowBytes() - before.windowBytes());
                report(sent, new Latencies(quiet, stormy), spent, grown);
                System.out.println("newcomers' attempts that failed: " + late.refusals() + ", connections that ended: "
                        + late.users().stream()
                                .flatMap(user -> user.closes().stream())
                                .toList());
            }
            fleet.awaitAllOf(load, LIMIT);
            assertEquals(0, fleet.closes());
        }
    }

    private record Latencies(Histogram quiet, Histogram stormy) {
        double ratio() {
            return (double) stormy.getValueAtPercentile(99) / quiet.getValueAtPercentile(99);
        }
    }

    /** What an edge uses, and how much of that is windows: they hold what the good ones got meanwhile. */
    private record Held(Usage usage, long windowBytes) {
        long heapBytes() {
            return usage.heapBytes() - windowBytes;
        }
    }

    private static void report(String sent, Latencies latencies, Usage spent, Held grown) {
        Scale.measured(
                "hostile clients: %s frames and handshakes at most %d a second, %d silent sockets: others before %s, meanwhile %s (p99 %.1f times), edge's CPU %.1f s in %.1f s,"
                        + " memory after it: heap beside the windows %+.1f MiB, windows %+.1f MiB, resident %+.1f MiB",
                sent,
                STORM_PER_SECOND,
                SILENT,
                Scale.milliseconds(latencies.quiet()),
                Scale.milliseconds(latencies.stormy()),
                latencies.ratio(),
                spent.cpuNanos() / 1e9,
                spent.atNanos() / 1e9,
                grown.heapBytes() / 1048576.0,
                grown.windowBytes() / 1048576.0,
                grown.usage().residentBytes() / 1048576.0);
        assertTrue(grown.heapBytes() < FLAT_HEAP_BYTES, "heap grew by " + grown.heapBytes());
        long resident = grown.usage().residentBytes();
        assertTrue(resident < FLAT_RESIDENT_BYTES, "resident memory grew by " + resident);
        if (Scale.isFull()) {
            assertTrue(latencies.ratio() <= 2, "the others' p99 is " + latencies.ratio() + " times what it was");
        }
    }

    private static JavaProcess edge(Cluster cluster, TokenSigner tokens, int management, Path directory) {
        List<String> arguments = new ArrayList<>(List.of("edge"));
        cluster.edgeSettings(tokens, "http.requestTimeout=5s", "http.closeTimeout=1s")
                .forEach(setting -> arguments.addAll(List.of("--set", setting)));
        arguments.addAll(List.of("--management-port", Integer.toString(management)));
        // All of the heap from the beginning: what the process grows by then is not heap.
        List<String> jvm = List.of("-Xms" + HEAP, "-Xmx" + HEAP, "-XX:+AlwaysPreTouch");
        return JavaProcess.launch(new JavaProcess.Program("edge", HEDDLE, jvm, arguments), directory, LIMIT);
    }

    private static JavaProcess attackers(int port, TokenSigner tokens, Path directory) {
        List<String> arguments = List.of(Integer.toString(port), tokens.token("hostile"));
        return JavaProcess.launch(
                new JavaProcess.Program("hostile", HostileClients.class.getName(), List.of("-Xmx128m"), arguments),
                directory,
                LIMIT);
    }

    private static String storm(JavaProcess attackers, int count) {
        return attackers.ask("storm " + count + " " + STORM_PER_SECOND, STORM_LIMIT);
    }

    /** What the edge uses once all attackers are gone and all garbage is. */
    private static Held settled(JavaProcess edge, int management) {
        await("only good ones are left")
                .atMost(LIMIT)
                .until(() -> EdgeMetrics.of(management).get("heddle_edge_sessions") <= USERS);
        Usage usage = edge.probe().collect();
        return new Held(usage, EdgeMetrics.of(management).get("heddle_edge_window_bytes"));
    }

    private static void goOn(LoadPublisher.Steady steady, int seconds) {
        long from = steady.count();
        await("events go on").atMost(LIMIT).until(() -> steady.count() >= from + (long) seconds * PER_SECOND);
    }
}
