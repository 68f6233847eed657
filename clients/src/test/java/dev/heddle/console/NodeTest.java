package dev.heddle.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.testing.MissingTool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * heddle.js's own tests, run by Node. Without Node they are skipped, or fail with {@code CI=true} or
 * {@code -Dheddle.tools=required}.
 */
final class NodeTest {
    private static final int OLDEST_NODE = 20;
    private static final String MANY_SIMULATIONS = "5000";
    private static final String MISSING = "there is no Node 20 or newer on the PATH";
    private static final Pattern VERSION = Pattern.compile("v(\\d+)\\..*", Pattern.DOTALL);

    @Test
    void theClientPassesItsOwnTests() throws Exception {
        if (nodeVersion() < OLDEST_NODE) {
            MissingTool.end(MISSING);
        }
        Outcome outcome = run(List.of("node", "--test"));
        assertEquals(0, outcome.exitCode(), outcome.output());
    }

    private static int nodeVersion() throws InterruptedException {
        try {
            Matcher version = VERSION.matcher(run(List.of("node", "--version")).output());
            return version.matches() ? Integer.parseInt(version.group(1)) : 0;
        } catch (IOException e) {
            return 0; // no such program
        }
    }

    private static Outcome run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Path.of("heddle.js").toFile())
                .redirectErrorStream(true);
        if (Boolean.getBoolean("heddle.full")) {
            builder.environment().put("HEDDLE_SIMULATIONS", MANY_SIMULATIONS);
        }
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output);
    }

    private record Outcome(int exitCode, String output) {}
}
