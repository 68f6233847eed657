package dev.heddle.bench;

import dev.heddle.bench.load.Fleet;
import dev.heddle.bench.load.LoadUsers;
import dev.heddle.bench.load.OpenLoopPublisher;
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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code heddle bench saturation}: the highest rate at which the 99th percentile stays below a bound, found by raising
 * the rate and then halving the interval.
 */
@Command(
        name = "saturation",
        description = "The highest rate with p99 under a bound, with one connection a user and with several.")
final class SaturationSuite extends Suite {
    private static final Duration CONNECT = Duration.ofMinutes(2);
    private static final Duration DRAIN = Duration.ofMinutes(2);
    private static final double KEPT_UP = 0.98;

    @Option(
            names = "--users",
            defaultValue = "1000",
            paramLabel = "N",
            description = "users (default: ${DEFAULT-VALUE})")
    private int users;

    @Option(
            names = "--connections",
            defaultValue = "1,4",
            split = ",",
            paramLabel = "N",
            description = "connections of each user, one search for each number (default: ${DEFAULT-VALUE})")
    private List<Integer> connections = new ArrayList<>();

    @Option(
            names = "--size",
            defaultValue = "300",
            paramLabel = "BYTES",
            description = "of an event in the log (default: ${DEFAULT-VALUE})")
    private int size;

    @Option(
            names = "--from",
            defaultValue = "10000",
            paramLabel = "N",
            description = "events a second to begin with (default: ${DEFAULT-VALUE})")
    private int from;

    @Option(
            names = "--limit-ms",
            defaultValue = "100",
            paramLabel = "MS",
            description = "what p99 must stay below (default: ${DEFAULT-VALUE})")
    private double limitMillis;

    @Option(
            names = "--warm-seconds",
            defaultValue = "20",
            paramLabel = "N",
            description = "load before the first step (default: ${DEFAULT-VALUE})")
    private int warmSeconds;

    @Option(
            names = "--seconds",
            defaultValue = "8",
            paramLabel = "N",
            description = "of each step that are measured, after 3 that are not (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--growth",
            defaultValue = "1.3",
            paramLabel = "X",
            description = "from step to step (default: ${DEFAULT-VALUE})")
    private double growth;

    @Option(
            names = "--halvings",
            defaultValue = "3",
            paramLabel = "N",
            description = "of the interval that was found (default: ${DEFAULT-VALUE})")
    private int halvings;

    SaturationSuite(EdgeProgram program) {
        super(program);
    }

    /** The measurements of one tried rate. */
    private record Step(
            int perUser, double rate, Curve curve, double delivered, Meter.Reading edge, Meter.Reading broker) {
        boolean isWithin(double limitMillis) {
            return curve.millis(99) < limitMillis && delivered >= rate * perUser * KEPT_UP;
        }
    }

    /** The cluster, publisher, edge and fleet that the steps of one search share. */
    private record Setting(BenchCluster cluster, OpenLoopPublisher publisher, RunningEdge edge, Fleet fleet) {}

    @Override
    Report measure(Map<String, String> machine) {
        List<Step> all = new ArrayList<>();
        List<Check> checks = new ArrayList<>();
        Map<Integer, Step> best = new LinkedHashMap<>();
        LoadUsers population = LoadUsers.of("user", users);
        try (BenchCluster cluster = startCluster();
                OpenLoopPublisher publisher = new OpenLoopPublisher(population, size, cluster.log())) {
            List<String> tokens = cluster.tokens(population);
            for (int perUser : connections) {
                try (RunningEdge edge = cluster.edge();
                        Fleet fleet = new Fleet(new Fleet.Plan(population, perUser), edge.target(tokens))) {
                    fleet.expect(publisher::sentTo);
                    connect(fleet, CONNECT);
                    progress().say("%d connections a user; warm-up", perUser);
                    Setting setting = new Setting(cluster, publisher, edge, fleet);
                    publisher.start(from);
                    Waiting.pass(Duration.ofSeconds(warmSeconds));
                    publisher.stop();
                    Step found = search(setting, perUser, all);
                    if (found != null) {
                        best.put(perUser, found);
                    }
                    String who = perUser + " connections a user";
                    checks.addAll(Verdict.promises(who, fleet, publisher::sentTo));
                }
            }
        }
        return report(machine, all, best, checks);
    }

    private @Nullable Step search(Setting setting, int perUser, List<Step> all) {
        Step good = null;
        double bad = 0;
        double rate = from;
        int halved = 0;
        while (halved < halvings) {
            Step step = step(setting, perUser, rate);
            all.add(step);
            boolean within = step.isWithin(limitMillis);
            progress()
                    .say(
                            "%.0f events/s: p99 %.1f ms, %.0f delivered/s: %s",
                            rate, step.curve().millis(99), step.delivered(), within ? "within" : "too much");
            if (within) {
                good = step;
            } else {
                bad = rate;
            }
            if (good == null) {
                rate /= 2;
                halved++;
            } else if (bad == 0) {
                rate *= growth;
            } else {
                rate = (good.rate() + bad) / 2;
                halved++;
            }
        }
        return good;
    }

    private Step step(Setting setting, int perUser, double rate) {
        OpenLoopPublisher publisher = setting.publisher();
        Fleet fleet = setting.fleet();
        publisher.start(rate);
        Waiting.pass(Duration.ofSeconds(3));
        Meter edge = new Meter("edge", setting.edge().process());
        Meter broker = new Meter("broker", setting.cluster().kafka());
        Curve curve =
                Sampling.of(perUser + " a user, " + Math.round(rate) + "/s", seconds, fleet.tally()::takeLatencies);
        Step step = new Step(perUser, rate, curve, (double) curve.count() / seconds, edge.read(), broker.read());
        publisher.stop();
        Waiting.until(DRAIN, () -> fleet.hasAll(publisher::sentTo));
        return step;
    }

    private Report report(Map<String, String> machine, List<Step> all, Map<Integer, Step> best, List<Check> checks) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("users", Integer.toString(users));
        parameters.put("connections each", connections.toString());
        parameters.put("event in the log", size + " bytes");
        parameters.put("p99 under", limitMillis + " ms");
        parameters.put(
                "step", seconds + " s after 3 s; rates grow " + growth + " times, then " + halvings + " halvings");
        stack().describe(parameters);
        List<Figure> figures = new ArrayList<>();
        List<Aim> aims = new ArrayList<>();
        best.forEach((perUser, step) -> {
            String of = perUser + " connections a user";
            figures.add(new Figure(of, "highest rate", step.rate(), "events/s"));
            figures.add(new Figure(of, "delivered then", step.delivered(), "events/s"));
            figures.add(new Figure(of, "p99 then", step.curve().millis(99), "ms"));
            figures.addAll(step.edge().figures(step.curve().count()));
            figures.addAll(step.broker().figures(step.curve().count()));
        });
        for (int perUser : connections) {
            Step step = best.get(perUser);
            if (users == 1000 && size == 300 && perUser == 1) {
                double rate = step == null ? 0 : step.rate();
                aims.add(new Aim("events/s with one connection a user", rate, Aim.atLeast(40_000, "events/s")));
            } else if (users == 1000 && size == 300 && perUser == 4) {
                double delivered = step == null ? 0 : step.delivered();
                aims.add(new Aim(
                        "delivered/s with four connections a user", delivered, Aim.atLeast(80_000, "events/s")));
            }
        }
        return new Report(
                "saturation",
                parameters,
                machine,
                new Report.Findings(figures, all.stream().map(Step::curve).toList(), checks, aims),
                List.of("Everything shares the machine: publisher, clients, Kafka and edge."));
    }
}
