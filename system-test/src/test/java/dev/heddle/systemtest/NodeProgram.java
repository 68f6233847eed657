package dev.heddle.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A program of {@code interop/}, run by Node, with clients that Heddle did not write.
 *
 * <p>Where Node or its packages are missing the test is skipped and says why; with the system property {@code heddle.node=required} it fails instead. The packages
 * are installed once, from the lock file.
 */
final class NodeProgram {
    private static final int OLDEST_NODE = 20;
    private static final Path INTEROP = Path.of("interop");
    private static final Pattern VERSION = Pattern.compile("v(\\d+)\\..*", Pattern.DOTALL);
    private static final @Nullable String MISSING = prepare();

    private NodeProgram() {}

    /** Runs it against a stack; the test fails with what it said if it found a violation. */
    static void run(Stack stack, String program, String... options) {
        require(MISSING);
        List<String> command = new ArrayList<>(List.of("node", program, "--url", stack.url()));
        command.addAll(List.of(options));
        Outcome outcome = execute(command);
        System.out.print(outcome.output);
        assertEquals(0, outcome.exitCode, outcome.output);
    }

    /** Skips the test, visibly, if something is missing; or fails it where Node is required. */
    static void require(@Nullable String missing) {
        if (missing == null) {
            return;
        }
        if (System.getProperty("heddle.node", "optional").equals("required")) {
            throw new AssertionError(missing);
        }
        System.out.println("skipped: " + missing);
        Assumptions.abort(missing);
    }

    private static @Nullable String prepare() {
        if (nodeVersion() < OLDEST_NODE) {
            return "there is no Node " + OLDEST_NODE + " or newer on the PATH";
        }
        try {
            Path installed = INTEROP.resolve("node_modules/.package-lock.json");
            Path wanted = INTEROP.resolve("package-lock.json");
            if (Files.exists(installed)
                    && Files.getLastModifiedTime(installed).compareTo(Files.getLastModifiedTime(wanted)) >= 0) {
                return null;
            }
            Outcome outcome = execute(List.of("npm", "ci", "--ignore-scripts", "--no-progress"));
            return outcome.exitCode == 0 ? null : "npm ci failed: " + outcome.output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NotThereException e) {
            return "there is no npm on the PATH";
        }
    }

    private static int nodeVersion() {
        try {
            Matcher version = VERSION.matcher(execute(List.of("node", "--version")).output);
            return version.matches() ? Integer.parseInt(version.group(1)) : 0;
        } catch (NotThereException e) {
            return 0;
        }
    }

    private static Outcome execute(List<String> command) {
        try {
            Process process = start(command);
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static Process start(List<String> command) {
        try {
            return new ProcessBuilder(command)
                    .directory(INTEROP.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new NotThereException(e);
        }
    }

    private record Outcome(int exitCode, String output) {}

    private static final class NotThereException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotThereException(IOException cause) {
            super(cause);
        }
    }
}
