package dev.heddle.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

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
            assertTrue(items.stream().noneMatch(item -> item.contains("not yours")));
        }
    }

    private static List<String> replay(Stack stack, String user, List<String> more) {
        List<String> arguments =
                new ArrayList<>(List.of("replay", "--bootstrap", stack.bootstrap(), "--user", user, "--json"));
        arguments.addAll(more);
        return Cli.run(arguments.toArray(String[]::new)).lines();
    }
}
