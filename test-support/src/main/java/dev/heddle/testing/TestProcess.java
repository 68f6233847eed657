package dev.heddle.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program in a process of its own, which a test can stop, kill or freeze. Its outputs go to files. A process that a
 * test forgets ends with the JVM. For one thread at a time.
 */
public final class TestProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String READY = "ready";
    private static final int LAST_LINES = 3;

    private final String name;
    private final Process process;
    private final Path out;
    private final @Nullable Path err;
    private final Thread atExit;

    private TestProcess(String name, ProcessBuilder program) throws IOException {
        this.name = name;
        this.out = file(name, ".out");
        if (program.redirectError().equals(ProcessBuilder.Redirect.PIPE)) {
            program.redirectError(file(name, ".err").toFile());
        }
        this.err = program.redirectError().file() == null
                ? null
                : program.redirectError().file().toPath();
        this.process = program.redirectOutput(out.toFile()).start();
        this.atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    private static Path file(String name, String suffix) throws IOException {
        Path file = Files.createTempFile("heddle-" + name, suffix);
        file.toFile().deleteOnExit();
        return file;
    }

    /**
     * Starts a program, and does not wait for it.
     *
     * @param name for messages
     * @param program with its standard error redirected, or not: then {@link #err} reads it
     */
    public static TestProcess start(String name, ProcessBuilder program) {
        try {
            return new TestProcess(name, program);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the line with which the program says that it serves, and gives the text behind {@code ready}. */
    public String ready() {
        return await(name + " is ready").atMost(LIMIT).until(this::readyLine, Objects::nonNull);
    }

    private @Nullable String readyLine() {
        boolean ended = !process.isAlive();
        for (String line : out().lines().toList()) {
            if (line.startsWith(READY)) {
                return line.substring(READY.length()).strip();
            }
        }
        if (ended) {
            throw new AssertionError(name + " ended with " + process.exitValue() + lastLines());
        }
        return null;
    }

    private String lastLines() {
        List<String> lines = (out() + err()).lines().toList();
        return ": " + String.join(" | ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }

    /** Waits for the program's end, and gives its exit code. */
    public int end() {
        try {
            if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(name + " has not ended within " + LIMIT + lastLines());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Asks the program to stop, as {@code kill} does, and gives its exit code. */
    public int terminate() {
        process.destroy();
        return end();
    }

    /** Ends it at once, as {@code kill -9} does; returns when it is gone. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Sends it a signal by name, such as STOP or CONT. */
    public void signal(String signal) {
        try {
            int code = new ProcessBuilder("kill", "-" + signal, Long.toString(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new AssertionError("kill -" + signal + " failed: " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The CPU time that it has used so far; zero where the operating system does not tell. */
    public Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** The text on its standard output so far. */
    public String out() {
        return read(out);
    }

    /** The text on its standard error so far; empty if that is the test's own. */
    public String err() {
        return err == null ? "" : read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
