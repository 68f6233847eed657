package dev.heddle.bench;

import dev.heddle.bench.load.Fleet;
import dev.heddle.bench.load.LoadUsers;
import dev.heddle.bench.load.OpenLoopPublisher;
import dev.heddle.bench.process.Usage;
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
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code heddle bench delivery}: a steady load through an edge, just after its start and warm, beside a bare consumer
 * and a bare socket server.
 */
@Command(
        name = "delivery",
        description = "A steady load: latency, CPU, allocation; just after the start and warm; beside its floors.")
final class DeliverySuite extends Suite {
    private static final Duration CONNECT = Duration.ofMinutes(1);
    private static final Duration DRAIN = Duration.ofMinutes(1);

    @Mixin
    private final LoadOptions load = new LoadOptions();

    @Option(
            names = "--just-started",
            defaultValue = "10",
            paramLabel = "N",
            description = "seconds after ready that count as just started (default: ${DEFAULT-VALUE})")
    private int justStarted;

    @Option(
            names = "--late-ms",
            defaultValue = "1000",
            paramLabel = "MS",
            description = "an event that comes later at a warm edge fails the run (default: ${DEFAULT-VALUE})")
    private long lateMillis;

    @Option(names = "--no-floors", description = "measure the edge alone")
    private boolean noFloors;

    DeliverySuite(EdgeProgram program) {
        super(program);
    }

    /** The measurements of both floors. */
    private record Floor(Floors.Measured consumer, Floors.Measured socket) {
        double cpuMicros() {
            return consumer.cpuMicros() + socket.cpuMicros();
        }

        double millis(double percentile) {
            return consumer.curve().millis(percentile) + socket.curve().millis(percentile);
        }
    }

    /** The measurements of the edge under the load. */
    private record Measured(Curve cold, Curve warm, Costs costs, List<Check> checks) {}

    /** The number of delivered events, and the resources that they cost. */
    private record Costs(long events, Meter.Reading edge, Meter.Reading broker, Usage load) {
        double bothMicros() {
            return edge.cpuMicrosPer(events) + broker.cpuMicrosPer(events);
        }
    }

    @Override
    Report measure(Map<String, String> machine) {
        LoadUsers users = load.population();
        try (BenchCluster cluster = startCluster();
                OpenLoopPublisher publisher = new OpenLoopPublisher(users, load.size(), cluster.log())) {
            Floors floors = new Floors(cluster, load, progress());
            // The floors first: they warm publisher, clients and Kafka, so that afterwards only the edge is cold.
            Floor floor = noFloors ? null : new Floor(floors.consumer(publisher), floors.socket());
            Measured measured = edge(cluster, publisher);
            Map<String, String> parameters = new LinkedHashMap<>();
            load.describe(parameters);
            stack().describe(parameters);
            return new Report("delivery", parameters, machine, findings(measured, floor), notes(measured));
        }
    }

    private Measured edge(BenchCluster cluster, OpenLoopPublisher publisher) {
        List<String> tokens = cluster.tokens(load.population());
        progress().say("starting an edge");
        try (RunningEdge edge = cluster.edge();
                Fleet fleet = new Fleet(new Fleet.Plan(load.population(), load.connections()), edge.target(tokens))) {
            long ready = System.nanoTime();
            fleet.expect(publisher::sentTo);
            connect(fleet, CONNECT);
            double connected = (System.nanoTime() - ready) / 1e9;
            progress().say("%d connected %.1f s after ready; %d events/s", fleet.greeted(), connected, load.rate());
            publisher.start(load.rate());
            int cold = (int) Math.max(1, Math.round(justStarted - connected));
            Curve justAfter = Sampling.of("edge, just started", cold, fleet.tally()::takeLatencies);
            progress().say("warm-up");
            Waiting.pass(Duration.ofSeconds(Math.max(0, load.warmSeconds() - cold)));
            progress().say("measuring");
            Measured measured = measure(cluster, edge, fleet, new Before(publisher, justAfter));
            progress()
                    .say(
                            "%.2f ms in the median, p99 %.2f ms",
                            measured.warm().millis(50), measured.warm().millis(99));
            return measured;
        }
    }

    /** The publisher and the curve from before the measurement. */
    private record Before(OpenLoopPublisher publisher, Curve justAfter) {}

    private Measured measure(BenchCluster cluster, RunningEdge edge, Fleet fleet, Before before) {
        OpenLoopPublisher publisher = before.publisher();
        Histogram unused = publisher.takeLateness();
        Meter edgeMeter = new Meter("edge", edge.process());
        Meter brokerMeter = new Meter("broker", cluster.kafka());
        Usage loadBefore = Meter.load();
        Curve warm = Sampling.of("edge", load.seconds(), fleet.tally()::takeLatencies);
        Costs costs = new Costs(
                warm.count(), edgeMeter.read(), brokerMeter.read(), Meter.load().since(loadBefore));
        publisher.stop();
        Waiting.until(DRAIN, () -> fleet.hasAll(publisher::sentTo));
        List<Histogram> rest = new ArrayList<>(warm.seconds());
        rest.add(fleet.tally().takeLatencies());
        List<Check> checks = new ArrayList<>(Verdict.promises("edge", fleet, publisher::sentTo));
        checks.add(Verdict.punctual(Sampling.joined("warm edge", rest), lateMillis));
        return new Measured(before.justAfter(), warm, costs, checks);
    }

    // ---- the report

    private Report.Findings findings(Measured measured, @Nullable Floor floor) {
        Costs costs = measured.costs();
        List<Figure> figures = new ArrayList<>(costs.edge().figures(costs.events()));
        figures.add(new Figure("edge", "delivered", costs.events() / (double) load.seconds(), "events/s"));
        figures.addAll(costs.broker().figures(costs.events()));
        figures.add(new Figure("edge + broker", "CPU per delivered event", costs.bothMicros(), "µs"));
        figures.add(new Figure(
                "load (publisher and clients)",
                "CPU per delivered event",
                costs.load().cpuMicrosPer(costs.events()),
                "µs"));
        figures.add(new Figure(
                "just started", "p99, of the warm one's", ratio(measured.cold(), measured.warm(), 99), "times"));
        List<Curve> curves = new ArrayList<>(List.of(measured.warm(), measured.cold()));
        if (floor != null) {
            curves.add(floor.consumer().curve());
            curves.add(floor.socket().curve());
            figures.addAll(floor.consumer().process().figures(floor.consumer().events()));
            figures.addAll(floor.consumer().broker().figures(floor.consumer().events()));
            figures.addAll(floor.socket().process().figures(floor.socket().events()));
            figures.add(new Figure("both floors", "p50", floor.millis(50), "ms"));
            figures.add(new Figure("both floors", "p99", floor.millis(99), "ms"));
            figures.add(new Figure("both floors", "CPU per delivered event", floor.cpuMicros(), "µs"));
            figures.add(
                    new Figure("edge / both floors", "p50", measured.warm().millis(50) / floor.millis(50), "times"));
            figures.add(
                    new Figure("edge / both floors", "p99", measured.warm().millis(99) / floor.millis(99), "times"));
            figures.add(new Figure("edge / both floors", "CPU per delivered event", edgeRatio(costs, floor), "times"));
        }
        return new Report.Findings(figures, curves, measured.checks(), aims(measured, floor));
    }

    private static double edgeRatio(Costs costs, Floor floor) {
        return costs.edge().cpuMicrosPer(costs.events()) / floor.cpuMicros();
    }

    private static double ratio(Curve one, Curve other, double percentile) {
        return one.millis(percentile) / other.millis(percentile);
    }

    private List<Aim> aims(Measured measured, @Nullable Floor floor) {
        List<Aim> aims = new ArrayList<>();
        if (!load.isTheRows()) {
            return aims;
        }
        Costs costs = measured.costs();
        Curve warm = measured.warm();
        if (load.rate() == 30_000) {
            aims.add(new Aim("edge + broker CPU per delivered event", costs.bothMicros(), Aim.atMost(30, "µs")));
        }
        if (load.rate() == 5_000 && stack().profile() == Profile.THROUGHPUT) {
            aims.add(new Aim("edge + broker CPU per delivered event", costs.bothMicros(), Aim.atMost(70, "µs")));
            aims.add(new Aim("p50", warm.millis(50), Aim.atMost(10, "ms")));
        }
        if (load.rate() == 5_000 && stack().lingerMillis() == 0) {
            if (floor != null) {
                aims.add(new Aim(
                        "p50, of both floors' sum", warm.millis(50) / floor.millis(50), Aim.atMost(1.15, "times")));
                aims.add(new Aim(
                        "p99, of both floors' sum", warm.millis(99) / floor.millis(99), Aim.atMost(1.25, "times")));
                aims.add(new Aim(
                        "edge CPU per event, of both floors' sum", edgeRatio(costs, floor), Aim.atMost(0.9, "times")));
            }
            if (stack().running() == null) {
                aims.add(new Aim(
                        "p99 just after the start, of the warm one's",
                        ratio(measured.cold(), warm, 99),
                        Aim.atMost(3, "times")));
            }
        }
        return aims;
    }

    private static List<String> notes(Measured measured) {
        return List.of(
                "Latency is counted from the instant at which an event was due to be published until its frame was read by the client; publisher and clients share a process.",
                "Floors are measured one after the other before the edge; theirs together are the sum of the same percentile of both.",
                "'Just started' is the load from the last client's hello until so many seconds after ready: "
                        + measured.cold().seconds().size() + " s.");
    }
}
