package dev.heddle.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** All 31 events of AG-UI 1.0, and one of tomorrow's, from {@code heddle publish} to the socket. */
@ExtendWith(SharedStack.class)
final class AllEventsTest {
    /** In the order of the log; each file is one run. */
    private static final List<String> RUNS =
            List.of("whole-run", "failed-run", "asking-run", "cancelled-run", "chunks");

    @Test
    void arriveAsTheJsonThatWentIn(Stack stack, @TempDir Path directory) throws IOException {
        String user = "all-events-" + System.nanoTime();
        List<String> expected = new ArrayList<>();
        for (String run : RUNS) {
            Path published = Files.write(directory.resolve(run + ".jsonl"), lines(run + ".jsonl"));
            Cli.Outcome outcome =
                    Cli.run("publish", "--bootstrap", stack.bootstrap(), "--user", user, published.toString());
            assertEquals(0, outcome.exitCode(), outcome.err());
            expected.addAll(lines(run.equals("chunks") ? "chunks.expected.jsonl" : run + ".jsonl"));
        }
        Path file = Files.write(directory.resolve("expected.jsonl"), expected);
        NodeProgram.run(stack, "all-events.mjs", "--user", user, "--expected", file.toString());
    }

    private static List<String> lines(String name) throws IOException {
        try (InputStream resource = AllEventsTest.class.getResourceAsStream("/events/" + name)) {
            return new String(Objects.requireNonNull(resource, name).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }
}
