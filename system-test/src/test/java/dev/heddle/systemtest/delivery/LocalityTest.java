package dev.heddle.systemtest.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.bench.load.Fleet;
import dev.heddle.bench.load.FleetTarget;
import dev.heddle.bench.load.LoadUsers;
import dev.heddle.bench.load.OpenLoopPublisher;
import dev.heddle.bench.process.EdgeMetrics;
import dev.heddle.event.Partitioning;
import dev.heddle.token.TokenSigner;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How much of the log each edge of a fleet reads, behind HAProxy as it is shipped: with the clients' hint of their
 * partition, and without it; and what an event costs all edges together in CPU, of which full size tells more.
 */
final class LocalityTest {
    private static final int PARTITIONS = 64;
    private static final int USERS = Scale.of(320, 2_000);
    private static final int PER_SECOND = Scale.of(400, 2_000);
    private static final int SECONDS = Scale.of(3, 30);
    private static final int WARM_SECONDS = Scale.of(1, 60);

    /** What each edge of a fleet is given where fleets of several sizes are to have as much to do an edge. */
    private static final int PER_SECOND_AND_EDGE = Scale.of(200, 1_500);

    private static final Duration QUIET = Duration.ofSeconds(10);
    private static final int EVENT_BYTES = 300;
    private static final int LINGER_MILLIS = 0;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What an edge may read of the log for delivery, of its even share. */
    private static final double MOST = 1.3;

    private static final List<Integer> FLEETS = Scale.isFull() ? List.of(1, 2, 4) : List.of(2);

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
        TokenSigner tokens = TokenSigner.in(directory);
        List<EdgeProcess> edges = new ArrayList<>();
        try (Cluster cluster = Cluster.start(PARTITIONS)) {
            for (int count : FLEETS) {
                while (edges.size() < count) {
                    edges.add(EdgeProcess.launch(
                            cluster.edgeSettings(tokens, "hub.linger=1s"),
                            directory.resolve("edge-" + edges.size() + ".log")));
                }
                try (Balancer balancer = Balancer.start(directory, edges)) {
                    List<Share> shares = measure(balancer, edges, new Log(cluster, tokens), Hint.GIVEN);
                    double most =
                            shares.stream().mapToDouble(Share::delivery).max().orElseThrow();
                    assertTrue(most <= MOST / count, "of the log, one of " + count + " edges read " + most);
                }
            }
            try (Balancer balancer = Balancer.start(directory, edges)) {
                List<Share> shares = measure(balancer, edges, new Log(cluster, tokens), Hint.NONE);
                double least =
                        shares.stream().mapToDouble(Share::delivery).min().orElseThrow();
                assertTrue(least > MOST / edges.size(), "without the hint an edge reads most of the log, not " + least);
            }
        } finally {
            edges.forEach(EdgeProcess::close);
        }
    }

    /** Where events are published, and who may read them. */
    private record Log(Cluster cluster, TokenSigner tokens) {}

    private static List<Share> measure(Balancer balancer, List<EdgeProcess> edges, Log log, Hint hint) {
        // Nobody's events are read any more of those who were there before.
        await("all tails are idle").atMost(LIMIT).until(() -> edges.stream()
                .allMatch(edge -> edge.metrics().get("heddle_edge_tail_partitions") == 0));
        LoadUsers users = LoadUsers.of(hint.name() + edges.size(), USERS);
        OpenLoopPublisher.Log where =
                new OpenLoopPublisher.Log(log.cluster().bootstrapServers(), PARTITIONS, LINGER_MILLIS);
        try (Fleet fleet = new Fleet(new Fleet.Plan(users, 1), target(balancer, users, log.tokens(), hint));
                OpenLoopPublisher publisher = new OpenLoopPublisher(users, EVENT_BYTES, where)) {
            fleet.come();
            await("everybody is connected").atMost(LIMIT).until(() -> fleet.greeted() == USERS);
            if (hint == Hint.NONE) {
                assertSpread(edges);
            }
            publish(publisher, fleet, new Pace(PER_SECOND_AND_EDGE * edges.size(), WARM_SECONDS));
            if (Scale.isFull()) {
                costs(edges, publisher, fleet);
            }
            List<Before> before = edges.stream()
                    .map(edge -> new Before(edge, edge.metrics(), edge.cpu()))
                    .toList();
            long sent = publisher.sent();
            publish(publisher, fleet, new Pace(PER_SECOND, SECONDS));
            long events = publisher.sent() - sent;
            double bytes = (double) events * (EVENT_BYTES + users.user(0).utf8().length);
            List<Share> shares = before.stream().map(each -> share(each, bytes)).toList();
            report(hint, shares, events);
            return shares;
        }
    }

    /** Clients without a hint are spread over the edges: none has more than 1.3 times the mean. */
    private static void assertSpread(List<EdgeProcess> edges) {
        List<Long> sessions = edges.stream()
                .map(edge -> edge.metrics().get("heddle_edge_sessions"))
                .toList();
        long most = Collections.max(sessions);
        assertTrue(most <= MOST * USERS / edges.size(), () -> "sessions of the edges without a hint: " + sessions);
    }

    /** How many events a second, and for how many seconds. */
    private record Pace(int perSecond, int seconds) {}

    /**
     * What all edges use while nothing happens, and what an event costs them together when each has as much to do as in
     * any other fleet.
     */
    private static void costs(List<EdgeProcess> edges, OpenLoopPublisher publisher, Fleet fleet) {
        Duration before = cpu(edges);
        long end = System.nanoTime() + QUIET.toNanos();
        await("a quiet while").atMost(QUIET.plus(LIMIT)).until(() -> System.nanoTime() >= end);
        double quiet = cpu(edges).minus(before).toNanos() / (double) QUIET.toNanos();
        before = cpu(edges);
        long sent = publisher.sent();
        long began = System.nanoTime();
        publish(publisher, fleet, new Pace(PER_SECOND_AND_EDGE * edges.size(), SECONDS));
        long took = System.nanoTime() - began;
        long events = publisher.sent() - sent;
        long cpu = cpu(edges).minus(before).toNanos();
        Scale.measured(
                "locality: %d edges, %d connections: %.1f ms/s an edge while nothing happens; at %d events/s an edge %.0f µs of CPU per delivered event, %.0f µs without that",
                edges.size(),
                USERS,
                quiet * 1e3 / edges.size(),
                PER_SECOND_AND_EDGE,
                cpu / 1e3 / events,
                (cpu - quiet * took) / 1e3 / events);
    }

    private static Duration cpu(List<EdgeProcess> edges) {
        return edges.stream().map(EdgeProcess::cpu).reduce(Duration.ZERO, Duration::plus);
    }

    /** Each user's client begins at the end, or after its cursor, and says the partition if it is to. */
    private static FleetTarget target(Balancer balancer, LoadUsers users, TokenSigner tokens, Hint hint) {
        List<String> signed = IntStream.range(0, USERS)
                .mapToObj(i -> tokens.token(users.user(i).value()))
                .toList();
        return new FleetTarget(new InetSocketAddress(InetAddress.getLoopbackAddress(), balancer.port()), link -> {
            String cursor = link.receiver().cursor();
            String partition =
                    hint == Hint.NONE ? "" : "&p=" + Partitioning.partitionOf(users.user(link.user()), PARTITIONS);
            return new FleetTarget.Request(
                    "/v1/stream?snapshot=false&" + (cursor.isEmpty() ? "from=latest" : "cursor=" + cursor) + partition,
                    "Sec-WebSocket-Protocol: heddle.v1\r\nAuthorization: Bearer " + signed.get(link.user()) + "\r\n");
        });
    }

    /** Publishes at a pace; returns when everybody has everything, once and in order. */
    private static void publish(OpenLoopPublisher publisher, Fleet fleet, Pace pace) {
        long until = publisher.sent() + (long) pace.perSecond() * pace.seconds();
        publisher.start(pace.perSecond());
        await("the load").atMost(LIMIT.plusSeconds(pace.seconds())).until(() -> publisher.sent() >= until);
        publisher.stop();
        await("all events").atMost(LIMIT).until(() -> fleet.hasAll(publisher::sentTo));
        assertTrue(fleet.tally().faults().isNone(), fleet.tally().faults()::toString);
    }

    private static Share share(Before before, double bytes) {
        EdgeMetrics read = before.edge().metrics().since(before.metrics());
        return new Share(
                (read.tailBytes() + read.catchUpBytes()) / bytes,
                read.get("heddle_edge_index_built_log_bytes_total") / bytes,
                before.edge().cpu().minus(before.cpu()));
    }

    private static void report(Hint hint, List<Share> shares, long events) {
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
