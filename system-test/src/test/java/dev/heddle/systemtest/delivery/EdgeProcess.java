package dev.heddle.systemtest.delivery;

import dev.heddle.bench.process.EdgeMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** {@code heddle edge} in a process of its own, which can be killed. */
final class EdgeProcess implements AutoCloseable {
    private final RoleProcess process;

    private EdgeProcess(RoleProcess process) {
        this.process = process;
    }

    /**
     * Launches an edge; {@link #port()} waits until it is ready.
     *
     * @param settings as of {@link Cluster#edgeSettings}
     * @param log the file that its standard error is appended to
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
        return new EdgeProcess(RoleProcess.launch(new RoleProcess.Program("edge", jvm, settings), log));
    }

    /** The public port, once it is ready. */
    int port() {
        return process.port();
    }

    int managementPort() {
        return process.managementPort();
    }

    /** The CPU time that it has used so far; zero where the operating system does not tell. */
    Duration cpu() {
        return process.cpu();
    }

    /** What it holds now; after a collection. */
    ResourceSample holdings() {
        return ResourceSample.of(process.pid());
    }

    EdgeMetrics metrics() {
        return process.metrics();
    }

    /** Ends it at once, as {@code kill -9} does; returns when it is gone. */
    void kill() {
        process.kill();
    }

    /** Asks it to stop, as {@code kill} does; returns its exit code when it is gone. */
    int terminate() {
        return process.terminate();
    }

    @Override
    public void close() {
        process.close();
    }
}
