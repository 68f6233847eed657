package dev.heddle.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.testing.NodeProject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A program of {@code interop/}, run by Node, with clients that Heddle did not write. */
final class NodeProgram {
    private static final NodeProject INTEROP = new NodeProject(Path.of("interop"));

    private NodeProgram() {}

    /** Runs it against a stack; the test fails with what it said if it found a violation. */
    static void run(Stack stack, String program, String... options) {
        List<String> command = new ArrayList<>(List.of("node", program, "--url", stack.url()));
        command.addAll(List.of(options));
        NodeProject.Outcome outcome = INTEROP.run(command);
        assertEquals(0, outcome.exitCode(), outcome.output());
    }

    /** Skips the test, visibly, if something is missing; or fails it where Node is required. */
    static void require(@Nullable String missing) {
        NodeProject.require(missing);
    }
}
