package dev.heddle.bench;

import dev.heddle.bench.load.Fleet;
import dev.heddle.bench.load.FleetConnection;
import dev.heddle.bench.load.LoadUsers;
import dev.heddle.bench.load.OpenLoopPublisher;
import dev.heddle.bench.process.JavaProcess;
import dev.heddle.bench.report.Aim;
import dev.heddle.bench.report.Check;
import dev.heddle.bench.report.Curve;
import dev.heddle.bench.report.Figure;
import dev.heddle.bench.report.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code heddle bench storm}: an edge is killed, and all its clients connect to another one at once, each with events
 * to catch up on; beside a bare server that sends as many.
 */
@Command(
        name = "storm",
        description =
                "An edge is killed; its clients come to another one at once, with events missed. Beside a bare server.")
final class StormSuite extends Suite {
    private static final Duration CONNECT = Duration.ofMinutes(2);
    private static final double SERVED_MILLIS = 100;
    private static final Duration CATCH_UP = Duration.ofMinutes(2);
    private static final double NANOS_PER_MILLI = 1e6;

    @Option(
            names = "--clients",
            defaultValue = "10000",
            paramLabel = "N",
            description = "clients of the edge that is killed (default: ${DEFAULT-VALUE})")
    private int clients;

    @Option(
            names = "--missed",
            defaultValue = "100",
            paramLabel = "N",
            description = "events that each of them misses (default: ${DEFAULT-VALUE})")
    private int missed;

    @Option(
            names = "--others",
            defaultValue = "1000",
            paramLabel = "N",
            description = "clients of the edge that they come to (default: ${DEFAULT-VALUE})")
    private int others;

    @Option(
            names = "--rate",
            defaultValue = "1000",
            paramLabel = "N",
            description = "events a second for those (default: ${DEFAULT-VALUE})")
    private int rate;

    @Option(
            names = "--size",
            defaultValue = "300",
            paramLabel = "BYTES",
            description = "of an event in the log (default: ${DEFAULT-VALUE})")
    private int size;

    @Option(
            names = "--at-once",
            defaultValue = "1000",
            paramLabel = "N",
            description = "clients that shake hands at a time (default: ${DEFAULT-VALUE})")
    private int atOnce;

    @Option(
            names = "--warm-seconds",
            defaultValue = "20",
            paramLabel = "N",
            description = "load of the others before anything is measured (default: ${DEFAULT-VALUE})")
    private int warmSeconds;

    @Option(
            names = "--seconds",
            defaultValue = "10",
            paramLabel = "N",
            description = "their load that the storm is compared with (default: ${DEFAULT-VALUE})")
    private int seconds;

    StormSuite(EdgeProgram program) {
        super(program);
    }

    /**
     * The results of a storm: the ms until the last client had caught up, and each client's times from its own connect.
     */
    private record Storm(double allMillis, Curve hello, Curve caughtUp) {}

    /**
     * The results at the edge that took the storm: the storm itself, the latencies of the edge's own clients, and the
     * edge's usage.
     */
    private record Felt(Storm storm, Curve before, Curve during, Meter.Reading edge) {}

    @Override
    Report measure(Map<String, String> machine) {
        stack().requireOwn();
        LoadUsers refugees = LoadUsers.of("user", clients);
        try (BenchCluster cluster = startCluster()) {
            Storm bare = bare(cluster, refugees);
            LoadUsers residents = LoadUsers.of("resident", others);
            try (OpenLoopPublisher missing = new OpenLoopPublisher(refugees, size, cluster.log());
                    OpenLoopPublisher steady = new OpenLoopPublisher(residents, size, cluster.log());
                    RunningEdge spared = cluster.edge();
                    Fleet home = new Fleet(new Fleet.Plan(residents, 1), spared.target(cluster.tokens(residents)))) {
                connect(home, CONNECT);
                steady.start(rate);
                progress().say("%d clients at the edge that is spared; warm-up", others);
                Waiting.pass(Duration.ofSeconds(warmSeconds));
                List<String> tokens = cluster.tokens(refugees);
                try (RunningEdge lost = cluster.edge();
                        Fleet fleet = new Fleet(new Fleet.Plan(refugees, 1, atOnce, 0), lost.target(tokens))) {
                    connect(fleet, CONNECT);
                    progress().say("%d clients at the edge that is lost", clients);
                    Curve before = Sampling.of("others, before", seconds, home.tally()::takeLatencies);
                    fleet.stayAway();
                    lost.ownProcess().kill();
                    Waiting.require("everybody is cut", CONNECT, () -> fleet.greeted() == 0);
                    progress().say("killed; publishing %d events for each", missed);
                    missing.give(missed);
                    // A burst of a million events delays all later events; that is not the storm yet.
                    Waiting.require(
                            "the others are served as before",
                            CATCH_UP,
                            () -> Sampling.of("others", 1, home.tally()::takeLatencies)
                                            .millis(99)
                                    < SERVED_MILLIS);
                    progress().say("the others are served as before; all come back");
                    fleet.target(spared.target(tokens));
                    Histogram unused = home.tally().takeLatencies();
                    Meter meter = new Meter("edge that they came to", spared.ownProcess());
                    Storm storm = storm(
                            "edge", fleet, connection -> connection.receiver().next() >= missed);
                    Curve during = Sampling.joined(
                            "others, during", List.of(home.tally().takeLatencies()));
                    Felt felt = new Felt(storm, before, during, meter.read());
                    progress().say("all back and caught up after %.1f s", storm.allMillis() / 1000);
                    steady.stop();
                    Waiting.until(CATCH_UP, () -> home.hasAll(steady::sentTo));
                    List<Check> checks = new ArrayList<>(
                            List.of(Verdict.complete("those who lost their edge", fleet, missing::sentTo)));
                    checks.addAll(Verdict.promises("the others", home, steady::sentTo));
                    return report(machine, felt, bare, checks);
                }
            }
        }
    }

    private Storm bare(BenchCluster cluster, LoadUsers users) {
        progress().say("floor: a bare socket server");
        try (JavaProcess server = cluster.bareSocketServer(new BenchCluster.Frames(clients, size, missed))) {
            // The first one warms server and clients.
            Storm unused = bareStorm(server, users);
            return bareStorm(server, users);
        }
    }

    private Storm bareStorm(JavaProcess server, LoadUsers users) {
        try (Fleet fleet = new Fleet(new Fleet.Plan(users, 1, atOnce, 0), BenchCluster.target(server))) {
            return storm("bare", fleet, connection -> connection.receiver().next() >= missed);
        }
    }

    private static Storm storm(String name, Fleet fleet, Predicate<FleetConnection> hasAll) {
        List<FleetConnection> connections = fleet.connections();
        long begin = System.nanoTime();
        fleet.come();
        Waiting.until(CATCH_UP, () -> connections.stream()
                .allMatch(connection -> connection.caughtUpAt() != 0 && hasAll.test(connection)));
        long end = connections.stream()
                .mapToLong(FleetConnection::caughtUpAt)
                .max()
                .orElse(begin);
        return new Storm(
                (end - begin) / NANOS_PER_MILLI,
                each(
                        name + ": connect to hello",
                        connections,
                        connection -> connection.greetedAt() - connection.connectAt()),
                each(
                        name + ": connect to caught up",
                        connections,
                        connection -> connection.caughtUpAt() - connection.connectAt()));
    }

    private static Curve each(String name, List<FleetConnection> connections, ToLongFunction<FleetConnection> nanos) {
        Histogram all = new Histogram(3);
        all.setAutoResize(true);
        connections.forEach(connection -> all.recordValue(Math.max(0, nanos.applyAsLong(connection))));
        return new Curve(name, all, List.of());
    }

    private Report report(Map<String, String> machine, Felt felt, Storm bare, List<Check> checks) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("clients that lose their edge", Integer.toString(clients));
        parameters.put("missed by each", missed + " events of " + size + " bytes");
        parameters.put("others", others + " clients, " + rate + " events/s");
        parameters.put("handshakes at a time", Integer.toString(atOnce));
        stack().describe(parameters);
        Storm storm = felt.storm();
        double ratio = felt.during().millis(99) / felt.before().millis(99);
        List<Figure> figures = new ArrayList<>(List.of(
                new Figure("edge", "until the last had caught up", storm.allMillis() / 1000, "s"),
                new Figure("bare socket server", "until the last had all", bare.allMillis() / 1000, "s"),
                new Figure("edge / bare", "until the last", storm.allMillis() / bare.allMillis(), "times"),
                new Figure("others", "p99 during the storm, of that before", ratio, "times")));
        figures.addAll(felt.edge().figures((long) clients * missed));
        List<Curve> curves =
                List.of(felt.before(), felt.during(), storm.hello(), storm.caughtUp(), bare.hello(), bare.caughtUp());
        List<Aim> aims = clients == 10_000 && missed == 100
                ? List.of(
                        new Aim(
                                "all caught up after the first one's reconnect",
                                storm.allMillis() / 1000,
                                Aim.atMost(10, "s")),
                        new Aim("the others' p99, of that before", ratio, Aim.atMost(2, "times")))
                : List.of();
        return new Report(
                "storm",
                parameters,
                machine,
                new Report.Findings(figures, curves, checks, aims),
                List.of(
                        "The events were published while the edge was away, and the others were served as before when the first one came back."));
    }
}
