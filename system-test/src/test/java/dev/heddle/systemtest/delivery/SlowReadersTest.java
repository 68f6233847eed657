package dev.heddle.systemtest.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.bench.process.EdgeMetrics;
import dev.heddle.client.StreamQuery;
import dev.heddle.edge.Edge;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that stop reading, beside others that read on: what is held, and that nothing is lost. What it costs the
 * others in time, {@code heddle bench slow} measures.
 */
final class SlowReadersTest {
    private static final int SLOW = Scale.of(200, 2_000);
    private static final int READERS = Scale.of(20, 100);
    private static final int PER_READER = 10;
    private static final int PARTITIONS = Scale.of(8, 64);
    private static final int SECONDS = Scale.of(3, 30);
    private static final int LARGE = 8 * 1024;

    /** How many events each slow client is not reading at a time: as many as the buffers of its socket hold. */
    private static final int UNREAD = 32;

    /** Little, so that what is not read stays with the edge's log and not in the kernel. */
    private static final int SEND_BUFFER = 16 * 1024;

    private static final int SMALL = 100;
    private static final long LOOK_EVERY_NANOS = 200_000_000;
    private static final int MIB = 1024 * 1024;
    private static final long WINDOW = Scale.of(8, 64) * (long) MIB;
    private static final long IN_FLIGHT = Scale.of(8, 64) * (long) MIB;
    private static final Duration LIMIT = Duration.ofSeconds(Scale.of(60, 300));

    /** The two loads that go on at a time. */
    private record Loads(LoadPublisher load, List<String> readers) {}

    @Test
    void clientsThatStopReadingCostNobodyAnythingAndLoseNothing(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.in(directory);
        List<String> reading = Cluster.users("reader-", READERS);
        List<String> stopping = Cluster.users("slow-", SLOW);
        try (Cluster cluster = Cluster.start(PARTITIONS);
                Edge edge = cluster.startEdge(
                        tokens,
                        "hub.windowBytes=" + WINDOW,
                        "hub.inFlightBytes=" + IN_FLIGHT,
                        "http.sendBufferBytes=" + SEND_BUFFER,
                        // Who does not read does not answer pings either.
                        "sessions.heartbeat=5m");
                ClientFleet readers = new ClientFleet(reading, tokens, StreamQuery.from("latest"));
                ClientFleet slow = new ClientFleet(stopping, tokens, StreamQuery.from("latest"));
                LoadPublisher load = new LoadPublisher(cluster)) {
            readers.target(edge.port());
            readers.come(LIMIT);
            Loads loads = new Loads(load, reading);
            if (Scale.isFull()) {
                Gauges warming = run(edge, loads, Cluster.users("warming-", SLOW));
                Scale.measured("slow readers: seen at first %s", warming);
                readers.awaitAllOf(load, LIMIT);
                readers.takeLatencies();
            }
            Gauges alone = run(edge, loads, Cluster.users("absent-", SLOW));
            readers.awaitAllOf(load, LIMIT);
            Histogram without = readers.takeLatencies();

            slow.target(edge.port());
            slow.come(LIMIT);
            slow.users().forEach(FleetUser::pause);
            Gauges filling = run(edge, loads, stopping);
            readers.awaitAllOf(load, LIMIT);
            Histogram meanwhile = readers.takeLatencies();
            Gauges gauges = run(edge, loads, stopping);
            readers.awaitAllOf(load, LIMIT);
            Histogram with = readers.takeLatencies();
            long reached = slow.users().stream().mapToLong(FleetUser::received).sum();
            EdgeMetrics before = EdgeMetrics.of(edge.managementPort());
            long again = System.nanoTime();
            slow.users().forEach(FleetUser::resume);
            slow.awaitAllOf(load, LIMIT);
            long caughtUp = System.nanoTime() - again;
            EdgeMetrics after = EdgeMetrics.of(edge.managementPort());

            assertEquals(0, slow.closes() + readers.closes(), "sockets closed");
            double ratio = (double) with.getValueAtPercentile(99) / without.getValueAtPercentile(99);
            Scale.measured(
                    "slow readers: %d stop, %d read on: without them %s; while their sockets fill %s; then %s; p99 ratio %.2f",
                    SLOW,
                    READERS,
                    Scale.milliseconds(without),
                    Scale.milliseconds(meanwhile),
                    Scale.milliseconds(with),
                    ratio);
            Scale.measured(
                    "slow readers: window %d bytes, in flight %d bytes at most; seen without them %s,"
                            + " while their sockets fill %s, then %s",
                    WINDOW, IN_FLIGHT, alone, filling, gauges);
            Scale.measured(
                    "slow readers: %d events had reached them, all %d did %.0f ms after they read again,"
                            + " catch-up read %d bytes",
                    reached,
                    slow.users().stream().mapToLong(FleetUser::received).sum(),
                    caughtUp / 1e6,
                    after.catchUpBytes() - before.catchUpBytes());
            assertTrue(reached < (long) SLOW * UNREAD / 2, "they did not stop reading: " + reached);
            assertTrue(after.catchUpBytes() - before.catchUpBytes() > WINDOW, "they did not fall out of the window");
            // The tail takes in what a poll brings, and then evicts.
            assertTrue(gauges.window() <= WINDOW + MIB, "window " + gauges);
            // What is in flight is one frame a session, and one event at least.
            assertTrue(gauges.inFlight() <= IN_FLIGHT + SLOW * (LARGE + 1024L), "in flight " + gauges);
            if (Scale.isFull()) {
                assertTrue(ratio <= 1.5, "p99 ratio " + ratio);
            }
        }
    }

    /** The most that an edge said it held. */
    private record Gauges(long window, long inFlight) {}

    /** The readers' stream, and beside it the large events of others, watched. */
    private static Gauges run(Edge edge, Loads loads, List<String> others) {
        long[] most = new long[2];
        long begin = System.nanoTime();
        AtomicLong looks = new AtomicLong();
        try (LoadPublisher.Steady stream = loads.load().steadily(loads.readers(), READERS * PER_READER, SMALL);
                LoadPublisher.Steady large = loads.load().steadily(others, SLOW * UNREAD / SECONDS, LARGE)) {
            await("the load").atMost(LIMIT).until(() -> {
                if (System.nanoTime() - begin > looks.get() * LOOK_EVERY_NANOS) {
                    looks.incrementAndGet();
                    EdgeMetrics now = EdgeMetrics.of(edge.managementPort());
                    most[0] = Math.max(most[0], now.get("heddle_edge_window_bytes"));
                    most[1] = Math.max(most[1], now.get("heddle_edge_inflight_bytes"));
                }
                return stream.count() > 0 && large.count() >= (long) SLOW * UNREAD;
            });
        }
        return new Gauges(most[0], most[1]);
    }
}
