package dev.heddle.bench;

import dev.heddle.bench.load.Fleet;
import dev.heddle.bench.load.FleetTarget;
import dev.heddle.bench.load.LoadUsers;
import dev.heddle.bench.process.JavaProcess;
import dev.heddle.bench.process.Usage;
import dev.heddle.bench.report.Aim;
import dev.heddle.bench.report.Check;
import dev.heddle.bench.report.Figure;
import dev.heddle.bench.report.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code heddle bench idle}: the cost of an idle connection, beside that of a bare Vert.x server. */
@Command(
        name = "idle",
        description =
                "Connections to which nothing is sent: heap, resident memory and CPU of each; beside a bare server.")
final class IdleSuite extends Suite {
    private static final Duration CONNECT = Duration.ofMinutes(3);
    private static final Duration SETTLE = Duration.ofSeconds(3);
    private static final double KIB = 1024;

    @Option(
            names = "--connections",
            defaultValue = "10000",
            paramLabel = "N",
            description = "connections of as many users (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(
            names = "--first",
            defaultValue = "1000",
            paramLabel = "N",
            description =
                    "connections before, that are not counted: what they make the JVM load and reserve is not theirs (default: ${DEFAULT-VALUE})")
    private int first;

    @Option(
            names = "--seconds",
            defaultValue = "60",
            paramLabel = "N",
            description = "how long they then idle (default: ${DEFAULT-VALUE})")
    private int seconds;

    IdleSuite(EdgeProgram program) {
        super(program);
    }

    /** One connection's share. */
    private record Each(String of, double heapBytes, double residentBytes, double cpuMicrosPerSecond, Check check) {
        List<Figure> figures() {
            return List.of(
                    new Figure(of, "heap per connection", heapBytes / KIB, "KiB"),
                    new Figure(of, "resident memory per connection", residentBytes / KIB, "KiB"),
                    new Figure(of, "CPU per connection and second", cpuMicrosPerSecond, "µs"));
        }
    }

    @Override
    Report measure(Map<String, String> machine) {
        stack().requireOwn();
        LoadUsers users = LoadUsers.of("user", Math.max(first, connections));
        try (BenchCluster cluster = startCluster()) {
            List<String> tokens = cluster.tokens(users);
            Each bare;
            try (JavaProcess server = cluster.bareSocketServer(new BenchCluster.Frames(users.size(), 300, 0))) {
                bare = measure("bare socket server", server, BenchCluster.target(server));
            }
            Each edge;
            try (RunningEdge running = cluster.edge()) {
                edge = measure("edge", running.ownProcess(), running.target(tokens));
            }
            Map<String, String> parameters = new LinkedHashMap<>();
            parameters.put("connections", connections + ", after " + first + " others of the same users");
            parameters.put("idle for", seconds + " s");
            stack().describe(parameters);
            return new Report(
                    "idle",
                    parameters,
                    machine,
                    findings(edge, bare),
                    List.of(
                            "Heap is what is in use after two full collections; resident memory is read then too. Both are what the counted connections added, divided by their number."));
        }
    }

    private Each measure(String of, JavaProcess process, FleetTarget target) {
        progress().say("%s: %d connections that are not counted", of, first);
        LoadUsers before = LoadUsers.of("user", first);
        LoadUsers counting = LoadUsers.of("user", connections);
        try (Fleet warm = new Fleet(new Fleet.Plan(before, 1), target)) {
            connect(warm, CONNECT);
            Usage without = settled(process);
            progress().say("%s: %d connections", of, connections);
            try (Fleet counted = new Fleet(new Fleet.Plan(counting, 1), target)) {
                connect(counted, CONNECT);
                Usage with = settled(process);
                progress().say("%s: idle for %d s", of, seconds);
                Waiting.pass(Duration.ofSeconds(seconds));
                Usage idle = process.probe().usage().since(with);
                return new Each(
                        of,
                        (double) with.since(without).heapBytes() / connections,
                        (double) with.since(without).residentBytes() / connections,
                        idle.cpuNanos() / 1e3 / (idle.atNanos() / 1e9) / (connections + first),
                        new Check(
                                of + ": no connection was cut",
                                warm.cuts() + counted.cuts() == 0,
                                (warm.cuts() + counted.cuts()) + " cut"));
            }
        }
    }

    private static Usage settled(JavaProcess process) {
        Usage unused = process.probe().collect();
        Waiting.pass(SETTLE);
        return process.probe().collect();
    }

    private Report.Findings findings(Each edge, Each bare) {
        List<Figure> figures = new ArrayList<>(edge.figures());
        figures.addAll(bare.figures());
        figures.add(new Figure("edge / bare", "heap per connection", edge.heapBytes() / bare.heapBytes(), "times"));
        figures.add(new Figure(
                "edge / bare", "resident memory per connection", edge.residentBytes() / bare.residentBytes(), "times"));
        List<Aim> aims = connections == 10_000
                ? List.of(
                        new Aim(
                                "heap per connection, of the bare server's",
                                edge.heapBytes() / bare.heapBytes(),
                                Aim.atMost(1, "times")),
                        new Aim(
                                "resident memory per connection, of the bare server's",
                                edge.residentBytes() / bare.residentBytes(),
                                Aim.atMost(1, "times")),
                        new Aim(
                                "resident memory per connection (wanted)",
                                edge.residentBytes() / KIB,
                                Aim.atMost(10, "KiB")))
                : List.of();
        return new Report.Findings(figures, List.of(), List.of(edge.check(), bare.check()), aims);
    }
}
