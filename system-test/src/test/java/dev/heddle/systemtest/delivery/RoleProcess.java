package dev.heddle.systemtest.delivery;

import dev.heddle.bench.process.EdgeMetrics;
import dev.heddle.systemtest.Cli;
import dev.heddle.testing.FreePorts;
import dev.heddle.testing.TestProcess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One role of the {@code heddle} command in a process of its own. */
final class RoleProcess implements AutoCloseable {
    private final TestProcess process;
    private final int managementPort;

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

    private RoleProcess(TestProcess process, int managementPort) {
        this.process = process;
        this.managementPort = managementPort;
    }

    /**
     * Launches a role; {@link #awaitReady()} and {@link #port()} wait until it is ready.
     *
     * @param log the file that its standard error is appended to
     */
    static RoleProcess launch(Program program, Path log) {
        int managementPort = FreePorts.next();
        List<String> arguments = new ArrayList<>(List.of(program.role()));
        program.settings().forEach(setting -> arguments.addAll(List.of("--set", setting)));
        arguments.addAll(List.of("--management-port", Integer.toString(managementPort)));
        ProcessBuilder builder = Cli.process(arguments).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.command().addAll(builder.command().indexOf("-cp"), program.jvm());
        return new RoleProcess(TestProcess.start(program.role(), builder), managementPort);
    }

    /** Returns when it is ready, with the address that it told; empty for a role without a public port. */
    String awaitReady() {
        return process.ready();
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
        return process.cpu();
    }

    EdgeMetrics metrics() {
        return EdgeMetrics.of(managementPort);
    }

    /** Stops it as it is, as {@code kill -STOP} does, until {@link #thaw()}. */
    void freeze() {
        process.signal("STOP");
    }

    /** Has it go on. */
    void thaw() {
        process.signal("CONT");
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
