package dev.heddle.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The replay tool and the socket, byte for byte. */
@ExtendWith(SharedStack.class)
final class ReplayEqualsSocketTest {
    @Test
    void replayPrintsExactlyTheItemsThatTheUsersSocketGot(Stack stack) {
        String user = "replayed-" + System.nanoTime();
        String neighbour = user + "-neighbour";
        try (StreamClient socket = StreamClient.connect(stack, user, Map.of());
                StreamClient other = StreamClient.connect(stack, neighbour, Map.of())) {
            String begin = socket.cursor();
            socket.start("run-1", "echo", StreamClient.saying("für alle 🧵", Map.of()));
            other.start("run-1", "echo", StreamClient.saying("not yours", Map.of()));
            socket.awaitEnds(1);
            other.awaitEnds(1);
            String middle = socket.cursor();
            int before = socket.items().size();
            socket.start("run-2", "planner", StreamClient.saying("a weekend", Map.of()));
            socket.awaitEnds(2);

            List<String> items = socket.items();
            assertEquals(items, replay(stack, user, List.of()));
            assertEquals(items, replay(stack, user, List.of("--cursor", begin)));
            assertEquals(items.subList(before, items.size()), replay(stack, user, List.of("--cursor", middle)));
            assertTrue(other.items().stream().anyMatch(item -> item.contains("not yours")), "it is said somewhere");
            assertTrue(items.stream().noneMatch(item -> item.contains("not yours")));
        }
    }

    /** Live, caught up and folded, in whatever frames they came: what a client recorded is what the log holds. */
    @Test
    void whatTheSocketsOfAUserRecordedIsWhatTheLogHolds(Stack stack, @TempDir Path directory) throws IOException {
        String user = "recorded-" + System.nanoTime();
        Path live = directory.resolve("live.jsonl");
        Path later = directory.resolve("later.jsonl");
        List<String> items;
        try (StreamClient socket = StreamClient.connect(stack, user, Map.of())) {
            socket.start("run-1", "planner", StreamClient.saying("a weekend", Map.of()));
            socket.awaitEnds(1);
            items = socket.items();
            Files.write(live, items);
        }
        try (StreamClient socket = StreamClient.connect(stack, user, Map.of("from", "earliest", "fold", "true"))) {
            socket.awaitEnds(1);
            assertTrue(socket.items().stream().anyMatch(item -> item.contains("\"runSeqFrom\"")), "nothing was folded");
            Files.write(later, socket.items());
        }
        assertEquals(0, verify(stack, user, live).exitCode());
        assertEquals(0, verify(stack, user, later).exitCode());

        Files.write(live, items.subList(0, items.size() / 2));
        Files.write(live, items.subList(items.size() / 2 + 1, items.size()), StandardOpenOption.APPEND);
        Cli.Outcome gap = verify(stack, user, live);
        assertEquals(1, gap.exitCode(), gap.err());
        assertTrue(gap.out().startsWith("missing: "), gap.out());
    }

    private static Cli.Outcome verify(Stack stack, String user, Path transcript) {
        return Cli.run(
                "verify", "--bootstrap", stack.bootstrap(), "--user", user, "--transcript", transcript.toString());
    }

    private static List<String> replay(Stack stack, String user, List<String> more) {
        List<String> arguments =
                new ArrayList<>(List.of("replay", "--bootstrap", stack.bootstrap(), "--user", user, "--json"));
        arguments.addAll(more);
        return Cli.run(arguments.toArray(String[]::new)).lines();
    }
}
