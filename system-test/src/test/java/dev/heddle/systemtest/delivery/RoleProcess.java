package dev.heddle.systemtest.delivery;

import dev.heddle.bench.process.EdgeMetrics;
import dev.heddle.systemtest.Cli;
import dev.heddle.testing.FreePorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One role of the {@code heddle} command in a process of its own, which can be killed. A process that a test forgets
 * ends with the JVM.
 */
final class RoleProcess implements AutoCloseable {
    private static final long START_SECONDS = 60;
    private static final int LAST_LINES = 3;

    private final Process process;
    private final Program program;
    private final Path log;
    private final int managementPort;
    private final Thread atExit;
    private final CompletableFuture<String> ready = new CompletableFuture<>();

    /**
     * A role that is to be started.
     *
     * @param role {@code edge}, {@code executor} or {@code ingest}
     * @param jvm options of its JVM, which win over those that all have
     * @param settings as of {@link Cluster#edgeSettings}
     */
    record Program(String role, List<String> jvm, List<String> settings) {
        Program {
            jvm = List.copyOf(jvm);
            settings = List.copyOf(settings);
        }
    }

    private RoleProcess(Program program, Path log) {
        this.program = program;
        this.log = log;
        this.managementPort = FreePorts.next();
        this.process = start();
        this.atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
        Thread reader = new Thread(this::readAll, program.role() + "-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Launches a role; {@link #awaitReady()} and {@link #port()} wait until it is ready.
     *
     * @param log the file that its standard error is appended to
     */
    static RoleProcess launch(Program program, Path log) {
        return new RoleProcess(program, log);
    }

    private Process start() {
        List<String> arguments = new ArrayList<>(List.of(program.role()));
        program.settings().forEach(setting -> arguments.addAll(List.of("--set", setting)));
        arguments.addAll(List.of("--management-port", Integer.toString(managementPort)));
        ProcessBuilder builder = Cli.process(arguments).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.command().addAll(builder.command().indexOf("-cp"), program.jvm());
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void readAll() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            if (line == null || !line.startsWith("ready")) {
                ready.completeExceptionally(new AssertionError("it said: " + line));
                return;
            }
            ready.complete(line.substring("ready".length()).strip());
            while (line != null) {
                line = lines.readLine();
            }
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    /** Returns when it is ready, with the address that it told; empty for a role without a public port. */
    String awaitReady() {
        try {
            return ready.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("heddle " + program.role() + " was not ready" + lastLines(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private String lastLines() {
        try {
            List<String> lines = Files.readAllLines(log);
            return ": " + String.join(" | ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            return "";
        }
    }

    /** The public port, once it is ready. */
    int port() {
        return URI.create(awaitReady()).getPort();
    }

    int managementPort() {
        return managementPort;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The CPU time that it has used so far; zero where the operating system does not tell. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    EdgeMetrics metrics() {
        return EdgeMetrics.of(managementPort);
    }

    /** Stops it as it is, as {@code kill -STOP} does, until {@link #thaw()}. */
    void freeze() {
        signal("STOP");
    }

    /** Has it go on. */
    void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new AssertionError("kill -" + name + " failed: " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Ends it at once, as {@code kill -9} does; returns when it is gone. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Asks it to stop, as {@code kill} does; returns its exit code when it is gone. */
    int terminate() {
        process.destroy();
        return process.onExit().join().exitValue();
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
