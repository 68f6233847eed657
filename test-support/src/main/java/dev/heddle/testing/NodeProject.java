package dev.heddle.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A folder with Node programs and a lock file; its packages are installed once, from that file.
 *
 * <p>If Node or its packages are missing, the test is skipped with the reason; with {@code CI=true} or
 * {@code -Dheddle.tools=required} it fails instead.
 */
public final class NodeProject {
    private static final int OLDEST_NODE = 20;
    private static final Pattern VERSION = Pattern.compile("v(\\d+)\\..*", Pattern.DOTALL);

    private final Path directory;
    private final @Nullable String missing;

    /** A program's exit code, and its standard output and error together. */
    public record Outcome(int exitCode, String output) {}

    public NodeProject(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
        this.missing = prepare();
    }

    /** Runs a command in the folder; skips the test if this machine cannot run it. */
    public Outcome run(List<String> command) {
        require(missing);
        Outcome outcome = execute(command);
        System.out.print(outcome.output());
        return outcome;
    }

    /** Ends the test by {@link MissingTool#end} if {@code missing} is not null. */
    public static void require(@Nullable String missing) {
        if (missing != null) {
            MissingTool.end(missing);
        }
    }

    private @Nullable String prepare() {
        if (nodeVersion() < OLDEST_NODE) {
            return "there is no Node " + OLDEST_NODE + " or newer on the PATH";
        }
        // Tests run in two processes at a time, and may want the same packages.
        try (FileChannel file = FileChannel.open(
                Files.createDirectories(directory.resolveSibling("target")).resolve("npm.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
            FileLock unused = file.lock();
            Path installed = directory.resolve("node_modules/.package-lock.json");
            Path wanted = directory.resolve("package-lock.json");
            if (Files.exists(installed)
                    && Files.getLastModifiedTime(installed).compareTo(Files.getLastModifiedTime(wanted)) >= 0) {
                return null;
            }
            Outcome outcome = execute(List.of("npm", "ci", "--ignore-scripts", "--no-progress"));
            return outcome.exitCode() == 0 ? null : "npm ci failed: " + outcome.output();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NotThereException e) {
            return "there is no npm on the PATH";
        }
    }

    private int nodeVersion() {
        try {
            Matcher version =
                    VERSION.matcher(execute(List.of("node", "--version")).output());
            return version.matches() ? Integer.parseInt(version.group(1)) : 0;
        } catch (NotThereException e) {
            return 0;
        }
    }

    private Outcome execute(List<String> command) {
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

    private Process start(List<String> command) {
        try {
            return new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new NotThereException(e);
        }
    }

    private static final class NotThereException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotThereException(IOException cause) {
            super(cause);
        }
    }
}
