package dev.heddle.systemtest.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.bench.process.EdgeMetrics;
import dev.heddle.client.StreamQuery;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An edge killed with -9 while everybody is connected to it and events go on. */
final class EdgeKilledTest {
    private static final int USERS = Scale.of(200, 2_000);
    private static final int PER_SECOND = Scale.of(200, 2_000);
    private static final int PARTITIONS = Scale.of(8, 64);
    private static final int SECONDS_BEFORE = Scale.of(2, 15);
    private static final int SECONDS_AFTER = Scale.of(2, 15);
    private static final int PADDING = 200;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void everybodyGoesOnAtAnotherEdgeWithNothingLostDoubledOrReordered(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.in(directory);
        List<String> users = Cluster.users("user-", USERS);
        try (Cluster cluster = Cluster.start(PARTITIONS);
                EdgeProcess first = EdgeProcess.launch(cluster.edgeSettings(tokens), directory.resolve("first.log"));
                EdgeProcess second = EdgeProcess.launch(cluster.edgeSettings(tokens), directory.resolve("second.log"));
                ClientFleet fleet = new ClientFleet(users, tokens, StreamQuery.from("latest"));
                LoadPublisher load = new LoadPublisher(cluster)) {
            fleet.target(first.port());
            fleet.come(LIMIT);
            int other = second.port();
            EdgeMetrics before = second.metrics();
            try (LoadPublisher.Steady steady = load.steadily(users, PER_SECOND, PADDING)) {
                await("events before the end")
                        .atMost(LIMIT)
                        .until(() -> steady.count() >= (long) SECONDS_BEFORE * PER_SECOND);
                fleet.target(other);
                fleet.takeLatencies();
                long killed = System.nanoTime();
                first.kill();
                fleet.await("everybody is back", LIMIT, user -> user.closes().size() == 1 && user.isCaughtUp());
                long back = System.nanoTime() - killed;
                long then = steady.count();
                EdgeMetrics after = second.metrics();
                await("events after the end")
                        .atMost(LIMIT)
                        .until(() -> steady.count() >= then + (long) SECONDS_AFTER * PER_SECOND);
                report(fleet, load, new Outage(back, before, after));
            }
            fleet.awaitAllOf(load, LIMIT);
        }
    }

    private record Outage(long nanos, EdgeMetrics before, EdgeMetrics after) {}

    private static void report(ClientFleet fleet, LoadPublisher load, Outage outage) {
        for (FleetUser user : fleet.users()) {
            assertEquals(
                    "resumed",
                    user.hellos().get(user.hellos().size() - 1).path("resume").asText());
        }
        long missedEvents =
                fleet.users().stream().mapToLong(FleetUser::receivedWhileBehind).sum();
        double missedBytes = missedEvents * load.meanBytes();
        long catchUp = outage.after().catchUpBytes() - outage.before().catchUpBytes();
        long tail = outage.after().tailBytes() - outage.before().tailBytes();
        Scale.measured(
                "edge killed: %d users, %d events/s, all back after %.0f ms, missed %d events = %.0f bytes,"
                        + " catch-up read %d bytes, tail read %d bytes until then, refused connects %s, since the kill %s",
                USERS,
                PER_SECOND,
                outage.nanos() / 1e6,
                missedEvents,
                missedBytes,
                catchUp,
                tail,
                fleet.refusals(),
                Scale.milliseconds(fleet.latencies()));
        if (Scale.isFull()) {
            assertTrue(catchUp <= 2 * missedBytes, "catch-up read " + catchUp + " bytes for " + missedBytes);
        }
    }
}
