package dev.heddle.bench;

import dev.heddle.bench.load.Fleet;
import dev.heddle.bench.load.LoadUsers;
import dev.heddle.bench.load.OpenLoopPublisher;
import dev.heddle.bench.report.Check;
import dev.heddle.bench.report.Curve;
import dev.heddle.bench.report.Figure;
import dev.heddle.bench.report.Report;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code heddle bench rolling}: a steady load through a fleet's load balancer while an operator or a script restarts or
 * kills its parts; every event is checked.
 */
@Command(
        name = "rolling",
        description = {
            "A steady load through the balancer of a fleet that runs already, while somebody restarts its parts.",
            "Each line of standard input names what is done from then on; its end ends the load."
        })
final class RollingSuite extends Suite {
    private static final Duration CONNECT = Duration.ofMinutes(2);
    private static final Duration DRAIN = Duration.ofMinutes(2);
    private static final double NANOS_PER_MILLI = 1e6;

    @Option(
            names = "--users",
            defaultValue = "2000",
            paramLabel = "N",
            description = "users, with a connection each (default: ${DEFAULT-VALUE})")
    private int users;

    @Option(
            names = "--rate",
            defaultValue = "2000",
            paramLabel = "N",
            description = "events a second, to the users in turn (default: ${DEFAULT-VALUE})")
    private int rate;

    @Option(
            names = "--size",
            defaultValue = "300",
            paramLabel = "BYTES",
            description = "of an event in the log (default: ${DEFAULT-VALUE})")
    private int size;

    @Option(
            names = "--user-prefix",
            defaultValue = "rolling",
            paramLabel = "WORD",
            description = "what the users' names begin with (default: ${DEFAULT-VALUE})")
    private String prefix = "";

    RollingSuite(EdgeProgram program) {
        super(program);
    }

    /** The latencies and absences that the clients measured during one phase. */
    private record Phase(Curve latency, Histogram absences) {}

    @Override
    Report measure(Map<String, String> machine) {
        stack().requireRunning();
        LoadUsers population = LoadUsers.of(prefix, users);
        try (BenchCluster cluster = startCluster();
                RunningEdge balancer = cluster.edge();
                OpenLoopPublisher publisher = new OpenLoopPublisher(population, size, cluster.log());
                Fleet fleet = new Fleet(
                        new Fleet.Plan(population, 1),
                        balancer.hinted(cluster.tokens(population), population, stack().partitions()))) {
            connect(fleet, CONNECT);
            progress().say("%d connected; %d events/s", users, rate);
            publisher.start(rate);
            List<Phase> phases = phases(fleet);
            publisher.stop();
            progress().say("%d events published; waiting for the last of them", publisher.sent());
            Waiting.until(DRAIN, () -> fleet.hasAll(publisher::sentTo));
            phases.add(phase("the rest", fleet));
            return new Report(
                    "rolling",
                    parameters(),
                    machine,
                    findings(phases, fleet, publisher),
                    List.of(
                            "Latency is counted from the instant at which an event was due to be published until its frame was read by the client.",
                            "Away is from a connection's end to the same client's next hello; these clients come back at once, whatever a goodbye says."));
        }
    }

    /**
     * Reads phases from standard input, one a line, to its end. A phase has everything that came before the next one
     * began.
     */
    private List<Phase> phases(Fleet fleet) {
        List<Phase> phases = new ArrayList<>();
        String name = "nothing happens";
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                phases.add(ended(name, fleet));
                name = line.strip();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        phases.add(ended(name, fleet));
        return phases;
    }

    private Phase ended(String name, Fleet fleet) {
        Phase phase = phase(name, fleet);
        progress()
                .say(
                        "%s: p99 %.1f ms, latest %.0f ms; %d came back, the last after %.0f ms; %s",
                        name,
                        phase.latency().millis(99),
                        phase.latency().maxMillis(),
                        phase.absences().getTotalCount(),
                        phase.absences().getMaxValue() / NANOS_PER_MILLI,
                        fleet.tally().faults());
        return phase;
    }

    private static Phase phase(String name, Fleet fleet) {
        return new Phase(
                Sampling.joined(name, List.of(fleet.tally().takeLatencies())),
                fleet.tally().takeAbsences());
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("users", users + ", a connection each");
        parameters.put("events/s", Integer.toString(rate));
        parameters.put("event in the log", size + " bytes");
        stack().describe(parameters);
        return parameters;
    }

    private static Report.Findings findings(List<Phase> phases, Fleet fleet, OpenLoopPublisher publisher) {
        List<Curve> curves = new ArrayList<>(phases.stream().map(Phase::latency).toList());
        Curve all = Sampling.joined(
                "all together", curves.stream().map(Curve::nanos).toList());
        curves.add(0, all);
        Histogram away = new Histogram(3);
        away.setAutoResize(true);
        phases.forEach(phase -> away.add(phase.absences()));
        List<Figure> figures = List.of(
                new Figure("fleet", "published", publisher.sent(), "events"),
                new Figure("fleet", "p99 from due", all.millis(99), "ms"),
                new Figure("fleet", "latest event", all.maxMillis(), "ms"),
                new Figure("clients", "connections ended by others", fleet.cuts(), ""),
                new Figure("clients", "away, median", away.getValueAtPercentile(50) / NANOS_PER_MILLI, "ms"),
                new Figure("clients", "away, longest", away.getMaxValue() / NANOS_PER_MILLI, "ms"));
        Check complete = Verdict.complete("everybody", fleet, publisher::sentTo);
        Check back = new Check(
                "everybody is connected at the end",
                fleet.greeted() == fleet.connections().size(),
                fleet.greeted() + " of " + fleet.connections().size() + ", refused meanwhile " + fleet.refusals());
        return new Report.Findings(figures, curves, List.of(complete, back), List.of());
    }
}
