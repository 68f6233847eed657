package dev.heddle.systemtest.delivery;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.bench.process.EdgeMetrics;
import dev.heddle.bench.process.Tokens;
import dev.heddle.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much of the log each edge of a fleet reads, behind HAProxy as it is shipped: with the clients' hint of their partition, and without it. */
final class LocalityTest {
    private static final int PARTITIONS = 64;
    private static final int USERS = Scale.of(320, 2_000);
    private static final int PER_SECOND = Scale.of(400, 2_000);
    private static final int SECONDS = Scale.of(4, 30);
    private static final int PADDING = 200;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What an edge may read of the log for delivery, of its even share. */
    private static final double MOST = 1.3;

    private static final List<Integer> FLEETS = List.of(1, 2, 4);

    private enum Hint {
        GIVEN,
        NONE
    }

    /** What one edge read of the log and used, as shares of all of it. */
    private record Share(double delivery, double index, Duration cpu) {}

    /** One edge's counts before a load. */
    private record Before(EdgeProcess edge, EdgeMetrics metrics, Duration cpu) {}

    @Test
    void eachOfNEdgesReadsAboutItsShareOfTheLogWithTheHintAndEverybodyHasEverythingWithoutItToo(
            @TempDir Path directory) {
        Balancer.require();
        Tokens tokens = Tokens.in(directory);
        List<EdgeProcess> edges = new ArrayList<>();
        try (Cluster cluster = Cluster.start(PARTITIONS);
                LoadPublisher load = new LoadPublisher(cluster)) {
            for (int count : FLEETS) {
                while (edges.size() < count) {
                    edges.add(EdgeProcess.launch(
                            cluster.edgeSettings(tokens, "hub.linger=1s"),
                            directory.resolve("edge-" + edges.size() + ".log")));
                }
                try (Balancer balancer = Balancer.start(directory, edges)) {
                    List<Share> shares = measure(balancer, edges, new Load(cluster, tokens, load), Hint.GIVEN);
                    double most =
                            shares.stream().mapToDouble(Share::delivery).max().orElseThrow();
                    assertTrue(most <= MOST / count, "of the log, one of " + count + " edges read " + most);
                }
            }
            try (Balancer balancer = Balancer.start(directory, edges)) {
                List<Share> shares = measure(balancer, edges, new Load(cluster, tokens, load), Hint.NONE);
                double least =
                        shares.stream().mapToDouble(Share::delivery).min().orElseThrow();
                assertTrue(least > MOST / edges.size(), "without the hint an edge reads most of the log, not " + least);
            }
        } finally {
            edges.forEach(EdgeProcess::close);
        }
    }

    /** What is published, and for whom. */
    private record Load(Cluster cluster, Tokens tokens, LoadPublisher publisher) {}

    private static List<Share> measure(Balancer balancer, List<EdgeProcess> edges, Load load, Hint hint) {
        // Nobody's events are read any more of those who were there before.
        Await.until("all tails are idle", LIMIT, () -> edges.stream()
                .allMatch(edge -> edge.metrics().get("heddle_edge_tail_partitions") == 0));
        List<String> users = Cluster.users(hint + "-" + edges.size() + "-", USERS);
        try (ClientFleet fleet = new ClientFleet(users, load.tokens(), "from=latest")) {
            if (hint == Hint.GIVEN) {
                fleet.hint(load.cluster()::partitionOf);
            }
            fleet.target(balancer.port());
            fleet.come(LIMIT);
            LoadPublisher publisher = load.publisher();
            publish(publisher, users, PER_SECOND);
            fleet.awaitAllOf(publisher, LIMIT);
            settle(edges, publisher);

            List<Before> before = edges.stream()
                    .map(edge -> new Before(edge, edge.metrics(), edge.cpu()))
                    .toList();
            long stored = publisher.storedBytes();
            publish(publisher, users, PER_SECOND * SECONDS);
            fleet.awaitAllOf(publisher, LIMIT);
            settle(edges, publisher);
            double bytes = publisher.storedBytes() - stored;
            List<Share> shares = before.stream().map(each -> share(each, bytes)).toList();
            report(hint, shares);
            return shares;
        }
    }

    private static void publish(LoadPublisher publisher, List<String> users, int count) {
        try (LoadPublisher.Steady steady = publisher.steadily(users, PER_SECOND, PADDING)) {
            Await.until("the load", LIMIT.plusSeconds(SECONDS), () -> steady.count() >= count);
        }
    }

    /** Until the edges have indexed together what was published. */
    private static void settle(List<EdgeProcess> edges, LoadPublisher publisher) {
        Await.until(
                "all is read for the index",
                LIMIT,
                () -> edges.stream()
                                .mapToLong(edge -> edge.metrics().get("heddle_edge_index_built_log_bytes_total"))
                                .sum()
                        >= publisher.storedBytes());
    }

    private static Share share(Before before, double bytes) {
        EdgeMetrics read = before.edge().metrics().since(before.metrics());
        return new Share(
                (read.tailBytes() + read.catchUpBytes()) / bytes,
                read.get("heddle_edge_index_built_log_bytes_total") / bytes,
                before.edge().cpu().minus(before.cpu()));
    }

    private static void report(Hint hint, List<Share> shares) {
        long events = (long) PER_SECOND * SECONDS;
        long cpu = shares.stream().mapToLong(share -> share.cpu().toNanos()).sum();
        Scale.measured(
                "locality: %d edges, hint %s, %d users, %d events/s: read of the log for delivery %s, for the index %s, CPU per delivered event %.0f µs",
                shares.size(),
                hint,
                USERS,
                PER_SECOND,
                percent(shares.stream().mapToDouble(Share::delivery).toArray()),
                percent(shares.stream().mapToDouble(Share::index).toArray()),
                cpu / 1e3 / events);
    }

    private static String percent(double[] shares) {
        return IntStream.range(0, shares.length)
                .mapToObj(i -> Math.round(shares[i] * 100) + " %")
                .toList()
                .toString();
    }
}
