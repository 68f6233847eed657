package dev.heddle.bench;

import dev.heddle.bench.load.Fleet;
import dev.heddle.bench.load.LoadUsers;
import dev.heddle.bench.load.OpenLoopPublisher;
import dev.heddle.bench.process.EdgeMetrics;
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
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code heddle bench slow}: readers that stop for a while; the memory that the edge holds for them, the latency of the
 * other readers, and a check that nothing is lost.
 */
@Command(
        name = "slow",
        description =
                "Readers that stop: what the edge holds meanwhile, what other readers feel, and that nothing is lost.")
final class SlowSuite extends Suite {
    private static final Duration CONNECT = Duration.ofMinutes(2);
    private static final Duration CATCH_UP = Duration.ofMinutes(3);
    private static final int RECEIVE_BUFFER = 16 * 1024;
    private static final double MIB = 1 << 20;

    @Option(
            names = "--slow",
            defaultValue = "2000",
            paramLabel = "N",
            description = "readers that stop (default: ${DEFAULT-VALUE})")
    private int slow;

    @Option(
            names = "--readers",
            defaultValue = "100",
            paramLabel = "N",
            description = "readers that go on (default: ${DEFAULT-VALUE})")
    private int readers;

    @Option(
            names = "--rate",
            defaultValue = "2000",
            paramLabel = "N",
            description = "events a second for those (default: ${DEFAULT-VALUE})")
    private int rate;

    @Option(
            names = "--size",
            defaultValue = "300",
            paramLabel = "BYTES",
            description = "of their events (default: ${DEFAULT-VALUE})")
    private int size;

    @Option(
            names = "--slow-rate",
            defaultValue = "1000",
            paramLabel = "N",
            description =
                    "events a second for those who stop; before they do, for as many who never come (default: ${DEFAULT-VALUE})")
    private int slowRate;

    @Option(
            names = "--slow-size",
            defaultValue = "16384",
            paramLabel = "BYTES",
            description = "of their events (default: ${DEFAULT-VALUE})")
    private int slowSize;

    @Option(
            names = "--warm-seconds",
            defaultValue = "25",
            paramLabel = "N",
            description = "load before anything is measured: until the windows are full (default: ${DEFAULT-VALUE})")
    private int warmSeconds;

    @Option(
            names = "--seconds",
            defaultValue = "20",
            paramLabel = "N",
            description = "before, while their sockets fill, and while they stand still (default: ${DEFAULT-VALUE})")
    private int seconds;

    SlowSuite(EdgeProgram program) {
        super(program);
    }

    /**
     * The readers' latencies, the memory that the edge held, and the seconds until the stopped readers had caught up.
     */
    private record Felt(Curve before, Curve filling, Curve during, Held held, double caughtUpSeconds) {
        double ratio(Curve curve) {
            return curve.millis(99) / before.millis(99);
        }
    }

    /** The highest window and in-flight bytes of the edge's metrics, and the growth of its process. */
    private record Held(long windowBytes, long inFlightBytes, Usage edge) {}

    @Override
    Report measure(Map<String, String> machine) {
        stack().requireOwn();
        LoadUsers quick = LoadUsers.of("reader", readers);
        LoadUsers stopping = LoadUsers.of("slow", slow);
        try (BenchCluster cluster = startCluster();
                OpenLoopPublisher forReaders = new OpenLoopPublisher(quick, size, cluster.log());
                OpenLoopPublisher forSlow = new OpenLoopPublisher(stopping, slowSize, cluster.log());
                OpenLoopPublisher forAbsent =
                        new OpenLoopPublisher(LoadUsers.of("absent", slow), slowSize, cluster.log());
                RunningEdge edge = cluster.edge();
                Fleet reading = new Fleet(new Fleet.Plan(quick, 1), edge.target(cluster.tokens(quick)));
                Fleet still = new Fleet(
                        new Fleet.Plan(stopping, 1, Fleet.Plan.AT_ONCE, RECEIVE_BUFFER),
                        edge.target(cluster.tokens(stopping)))) {
            connect(reading, CONNECT);
            connect(still, CONNECT);
            progress().say("%d connected; warm-up", readers + slow);
            // The log grows as fast as later, so that the comparison shows the stopped readers and not more writing.
            forReaders.start(rate);
            forAbsent.start(slowRate);
            Waiting.pass(Duration.ofSeconds(warmSeconds));
            Curve before = Sampling.of("readers, before", seconds, reading.tally()::takeLatencies);
            Usage memory = edge.ownProcess().probe().usage();
            progress().say("%d stop reading", slow);
            still.pause();
            forAbsent.stop();
            forSlow.start(slowRate);
            long[] most = new long[2];
            Supplier<Histogram> watched = () -> {
                EdgeMetrics now = edge.metrics();
                most[0] = Math.max(most[0], now.get("heddle_edge_window_bytes"));
                most[1] = Math.max(most[1], now.get("heddle_edge_inflight_bytes"));
                return reading.tally().takeLatencies();
            };
            Curve filling = Sampling.of("readers, while the others' sockets fill", seconds, watched);
            Curve during = Sampling.of("readers, while the others stand still", seconds, watched);
            forSlow.stop();
            Usage grown = edge.ownProcess().probe().usage().since(memory);
            progress().say("they read again");
            long begin = System.nanoTime();
            still.resume();
            Waiting.until(CATCH_UP, () -> still.hasAll(forSlow::sentTo));
            double caughtUp = (System.nanoTime() - begin) / 1e9;
            forReaders.stop();
            Waiting.until(CATCH_UP, () -> reading.hasAll(forReaders::sentTo));
            List<Check> checks = new ArrayList<>(Verdict.promises("readers", reading, forReaders::sentTo));
            checks.addAll(Verdict.promises("those who stopped", still, forSlow::sentTo));
            Felt felt = new Felt(before, filling, during, new Held(most[0], most[1], grown), caughtUp);
            return report(machine, felt, forSlow.sent() * slowSize, checks);
        }
    }

    private Report report(Map<String, String> machine, Felt felt, long unread, List<Check> checks) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("stop reading", slow + ", " + slowRate + " events/s of " + slowSize + " bytes for them");
        parameters.put("read on", readers + ", " + rate + " events/s of " + size + " bytes for them");
        parameters.put("stand still for", seconds + " s");
        stack().describe(parameters);
        Held held = felt.held();
        List<Figure> figures = List.of(
                new Figure("edge", "not read by those who stopped", unread / MIB, "MiB"),
                new Figure("edge", "windows, at most", held.windowBytes() / MIB, "MiB"),
                new Figure("edge", "frames in flight, at most", held.inFlightBytes() / MIB, "MiB"),
                new Figure("edge", "resident memory, grown by", held.edge().residentBytes() / MIB, "MiB"),
                new Figure(
                        "readers", "p99 while the sockets fill, of that before", felt.ratio(felt.filling()), "times"),
                new Figure("readers", "p99 while they stand still, of that before", felt.ratio(felt.during()), "times"),
                new Figure("those who stopped", "had all after reading again", felt.caughtUpSeconds(), "s"));
        List<Curve> curves = List.of(felt.before(), felt.filling(), felt.during());
        return new Report(
                "slow",
                parameters,
                machine,
                new Report.Findings(figures, curves, checks, aims(felt)),
                List.of(
                        "What is not read fills the kernel's socket buffers first; what the edge itself holds is windows and frames in flight."));
    }

    private List<Aim> aims(Felt felt) {
        return slow == 2_000 && readers == 100
                ? List.of(new Aim(
                        "readers' p99 while the others stand still, of that before",
                        felt.ratio(felt.during()),
                        Aim.atMost(1.5, "times")))
                : List.of();
    }
}
