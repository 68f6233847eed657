package dev.heddle.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole stack killed with -9 in the middle of its work, and started again on the same data. */
final class KillAndRestartTest {
    private static final int ENOUGH_TO_BE_IN_THE_MIDDLE = 15;
    private static final int PUBLISHED = 200;

    @Test
    void anOldCursorResumesAndWhatWasAcknowledgedIsAllThere(@TempDir Path directory) throws IOException {
        try (Stack stack = Stack.start(directory.resolve("data"))) {
            Path events = Files.write(
                    directory.resolve("events.jsonl"),
                    IntStream.range(0, PUBLISHED)
                            .mapToObj(n -> "{\"type\":\"CUSTOM\",\"name\":\"n\",\"value\":" + n + "}")
                            .toList());
            publish(stack, events);
            List<String> items;
            String cursor;
            try (StreamClient before = StreamClient.connect(stack, "alice", Map.of("snapshot", "false"))) {
                before.start("run", "countdown", StreamClient.saying("count", Map.of("count", 60, "intervalMs", 50)));
                before.awaitItems(all -> all.size() >= ENOUGH_TO_BE_IN_THE_MIDDLE);
                items = new ArrayList<>(before.items());
                cursor = before.cursor();
                stack.kill();
            }
            stack.restart();

            try (StreamClient after = StreamClient.connect(stack, "alice", Map.of("cursor", cursor))) {
                assertEquals("resumed", after.hello().required("resume").asText());
                assertFalse(after.hello().has("lost"));
                after.awaitEnds(1);
                items.addAll(after.items());
            }
            assertEquals(IntStream.range(0, items.size()).boxed().toList(), runSeqs(items));
            assertEquals(items, replay(stack, "alice"));
            assertEquals(
                    IntStream.range(0, PUBLISHED).boxed().toList(),
                    replay(stack, "bob").stream()
                            .map(item ->
                                    StreamClient.parse(item).at("/event/value").asInt())
                            .toList());
        }
    }

    private static List<Integer> runSeqs(List<String> items) {
        return items.stream()
                .map(item -> StreamClient.parse(item).required("runSeq").asInt())
                .toList();
    }

    private static void publish(Stack stack, Path events) {
        Cli.Outcome outcome = Cli.run(
                "publish",
                "--bootstrap",
                stack.bootstrap(),
                "--user",
                "bob",
                "--thread",
                "t",
                "--run",
                "r",
                events.toString());
        assertEquals(0, outcome.exitCode(), outcome.err());
    }

    private static List<String> replay(Stack stack, String user) {
        return Cli.run("replay", "--bootstrap", stack.bootstrap(), "--user", user, "--json")
                .lines();
    }
}
