package dev.heddle.local;

import static org.awaitility.Awaitility.await;

import dev.heddle.testing.TestJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** One {@code heddle} command in a process of its own, and what it has said so far. */
final class HeddleProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final String name;
    private final Process process;
    private final Path out;
    private final Path err;

    private HeddleProcess(String name, Process process, Path out, Path err) {
        this.name = name;
        this.process = process;
        this.out = out;
        this.err = err;
    }

    static HeddleProcess start(Path directory, String... arguments) {
        return start(directory, Map.of(), arguments);
    }

    /** Starts a command; what it says goes to files in the directory. */
    static HeddleProcess start(Path directory, Map<String, String> environment, String... arguments) {
        List<String> command = TestJvm.command("-Xmx256m");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Heddle.class.getName()));
        command.addAll(List.of(arguments));
        try {
            Path out = Files.createTempFile(directory, arguments[0], ".out");
            Path err = Files.createTempFile(directory, arguments[0], ".err");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(environment);
            return new HeddleProcess(arguments[0], builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the line with which a role says that it serves, and gives what follows the word. */
    String ready() {
        return await(name + " is ready")
                .atMost(LIMIT)
                .until(
                        () -> {
                            for (String line : out().lines().toList()) {
                                if (line.startsWith("ready")) {
                                    return line.substring("ready".length()).strip();
                                }
                            }
                            if (!process.isAlive()) {
                                throw new AssertionError(name + " ended with " + process.exitValue() + ": " + err());
                            }
                            return null;
                        },
                        Objects::nonNull);
    }

    /** Waits for the end, and gives the exit code. */
    int end() throws InterruptedException {
        if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError(name + " has not ended within " + LIMIT + ": " + err());
        }
        return process.exitValue();
    }

    void kill() {
        process.destroyForcibly();
    }

    String out() {
        return read(out);
    }

    String err() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
