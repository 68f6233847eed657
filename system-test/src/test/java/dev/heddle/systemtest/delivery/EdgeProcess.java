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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code heddle edge} in a process of its own, which can be killed. A process that a test forgets ends with the JVM. */
final class EdgeProcess implements AutoCloseable {
    private static final long START_SECONDS = 60;

    private final Process process;
    private final int managementPort;
    private final Thread atExit;
    private final CompletableFuture<Integer> port = new CompletableFuture<>();

    private EdgeProcess(Process process, int managementPort) {
        this.process = process;
        this.managementPort = managementPort;
        this.atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
        Thread reader = new Thread(this::readAll, "edge-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Launches an edge; {@link #port()} waits until it is ready.
     *
     * @param settings as of {@link Cluster#edgeSettings}
     * @param log the file for its talk
     */
    static EdgeProcess launch(List<String> settings, Path log) {
        return launch(settings, log, List.of());
    }

    /**
     * The same in a JVM with further options.
     *
     * @param jvm these win over those that all have
     */
    static EdgeProcess launch(List<String> settings, Path log, List<String> jvm) {
        int managementPort = FreePorts.next();
        List<String> arguments = new ArrayList<>(List.of("edge"));
        settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        arguments.addAll(List.of("--management-port", Integer.toString(managementPort)));
        try {
            ProcessBuilder process = Cli.process(arguments);
            process.command().addAll(process.command().indexOf("-cp"), jvm);
            return new EdgeProcess(
                    process.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start(),
                    managementPort);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void readAll() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            if (line == null || !line.startsWith("ready ")) {
                port.completeExceptionally(new AssertionError("heddle edge said: " + line));
                return;
            }
            port.complete(URI.create(line.substring("ready ".length())).getPort());
            while (line != null) {
                line = lines.readLine();
            }
        } catch (IOException e) {
            port.completeExceptionally(e);
        }
    }

    /** The public port, once it is ready. */
    int port() {
        try {
            return port.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the edge was not ready", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    int managementPort() {
        return managementPort;
    }

    /** The CPU time that it has used so far; zero where the operating system does not tell. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** What it holds now; after a collection. */
    ProcessMemory memory() {
        return ProcessMemory.of(process.pid());
    }

    EdgeMetrics metrics() {
        return EdgeMetrics.of(managementPort);
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
