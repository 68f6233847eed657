package dev.heddle.systemtest.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.client.StreamQuery;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An edge told to stop while everybody is connected to it and events go on. */
final class EdgeDrainedTest {
    private static final int USERS = Scale.of(200, 2_000);
    private static final int PER_SECOND = Scale.of(200, 2_000);
    private static final int PARTITIONS = Scale.of(8, 64);
    private static final int WINDOW_MILLIS = 4_000;
    private static final int QUARTERS = 4;
    private static final String REHEARSAL = Scale.of(0, 8) + "s";
    private static final int PADDING = 200;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void everybodyGoesToTheOtherOneSpreadOverTheWindowAndNothingIsLostOrDoubled(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.in(directory);
        List<String> users = Cluster.users("user-", USERS);
        // Rehearsed: a cold edge takes a quarter of the window for its first connections.
        String[] settings = {"sessions.drainWindow=" + WINDOW_MILLIS + "ms", "start.rehearsal=" + REHEARSAL};
        try (Cluster cluster = Cluster.start(PARTITIONS);
                EdgeProcess first =
                        EdgeProcess.launch(cluster.edgeSettings(tokens, settings), directory.resolve("first.log"));
                EdgeProcess second =
                        EdgeProcess.launch(cluster.edgeSettings(tokens, settings), directory.resolve("second.log"));
                ClientFleet fleet = new ClientFleet(users, tokens, StreamQuery.from("latest"));
                LoadPublisher load = new LoadPublisher(cluster)) {
            fleet.target(first.port());
            fleet.come(LIMIT);
            int other = second.port();
            try (LoadPublisher.Steady steady = load.steadily(users, PER_SECOND, PADDING)) {
                await("events before the end").atMost(LIMIT).until(() -> steady.count() >= PER_SECOND);
                fleet.target(other);
                long told = System.nanoTime();
                assertEquals(0, first.terminate(), "the exit code");
                long gone = System.nanoTime() - told;
                fleet.await("everybody is back", LIMIT, user -> user.closes().size() == 1 && user.isCaughtUp());
                long then = steady.count();
                await("events after the end").atMost(LIMIT).until(() -> steady.count() >= then + PER_SECOND);
                judge(fleet, told, gone);
            }
            fleet.awaitAllOf(load, LIMIT);
        }
    }

    private static void judge(ClientFleet fleet, long told, long gone) {
        int[] quarters = new int[QUARTERS];
        long last = 0;
        for (FleetUser user : fleet.users()) {
            assertEquals(List.of(4001), user.closes());
            assertEquals("resumed", user.hellos().get(1).path("resume").asText());
            last = Math.max(last, (user.greetedAt() - told) / 1_000_000);
            // Every day it is asked when they were told to come, not how soon a cold edge on a busy machine took them.
            long came = ((Scale.isFull() ? user.greetedAt() : user.dueAt()) - told) / 1_000_000;
            quarters[(int) Math.min(QUARTERS - 1, came * QUARTERS / WINDOW_MILLIS)]++;
        }
        Scale.measured(
                "edge drained: %d users, %d events/s, window %d ms, gone after %.0f ms, came back by quarter of the window %d %d %d %d, the last after %d ms, refused connects %s",
                USERS,
                PER_SECOND,
                WINDOW_MILLIS,
                gone / 1e6,
                quarters[0],
                quarters[1],
                quarters[2],
                quarters[3],
                last,
                fleet.refusals());
        assertTrue(last < Scale.of(4, 2) * (long) WINDOW_MILLIS, "somebody came back after " + last + " ms");
        for (int quarter : quarters) {
            assertTrue(quarter > USERS / QUARTERS / 3, "one quarter of the window has only " + quarter);
        }
    }
}
