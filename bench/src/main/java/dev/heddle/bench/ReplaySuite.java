package dev.heddle.bench;

import dev.heddle.bench.floor.PlainScan;
import dev.heddle.bench.load.BulkPublisher;
import dev.heddle.bench.load.EventTemplate;
import dev.heddle.bench.load.Fleet;
import dev.heddle.bench.load.FleetConnection;
import dev.heddle.bench.load.LoadUsers;
import dev.heddle.bench.process.EdgeMetrics;
import dev.heddle.bench.report.Aim;
import dev.heddle.bench.report.Check;
import dev.heddle.bench.report.Figure;
import dev.heddle.bench.report.Report;
import dev.heddle.event.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code heddle bench replay}: the time until a user has caught up on missed events among many events of other users in
 * the same partition, beside a plain scan of the partition.
 */
@Command(
        name = "replay",
        description =
                "Missed events among others' in the user's own partition, bunched and spread evenly; beside a plain scan.")
final class ReplaySuite extends Suite {
    private static final Duration CONNECT = Duration.ofMinutes(1);
    private static final Duration CATCH_UP = Duration.ofMinutes(2);
    private static final Duration INDEX = Duration.ofMinutes(3);
    private static final long BLOCK = 4096;
    private static final double MILLION = 1e6;
    private static final int USERS = 2;
    private static final int NOBODY = 999_999;

    @Option(
            names = "--missed",
            defaultValue = "1000",
            paramLabel = "N",
            description = "events that a user missed (default: ${DEFAULT-VALUE})")
    private int missed;

    @Option(
            names = "--foreign",
            defaultValue = "1000000",
            paramLabel = "N",
            description = "others' events among them (default: ${DEFAULT-VALUE})")
    private int foreign;

    @Option(
            names = "--others",
            defaultValue = "5000",
            paramLabel = "N",
            description = "whose they are: so many users in turn (default: ${DEFAULT-VALUE})")
    private int others;

    @Option(
            names = "--bunches",
            defaultValue = "5",
            paramLabel = "N",
            description = "in which the bunched ones come (default: ${DEFAULT-VALUE})")
    private int bunches;

    @Option(
            names = "--size",
            defaultValue = "300",
            paramLabel = "BYTES",
            description = "of an event in the log (default: ${DEFAULT-VALUE})")
    private int size;

    @Option(
            names = "--rounds",
            defaultValue = "5",
            paramLabel = "N",
            description = "edges, each started for the purpose (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(
            names = "--warm-ups",
            defaultValue = "30",
            paramLabel = "N",
            description = "catch-ups in another partition before, at each edge (default: ${DEFAULT-VALUE})")
    private int warmUps;

    ReplaySuite(EdgeProgram program) {
        super(program);
    }

    /** A partition of its own with two users who missed events in it. */
    private enum Stage {
        BUNCHED(0),
        EVEN(1),
        WARM_UP(2);

        private final int partition;

        Stage(int partition) {
            this.partition = partition;
        }

        int partition() {
            return partition;
        }

        /** The index of the stage's first user; the users of all stages are numbered one after the other. */
        int firstUser() {
            return partition * USERS;
        }
    }

    /** The times of one catch-up from connect in ms, and the bytes that the edge read for it. */
    private record CatchUp(double millis, double helloMillis, long bytesRead) {}

    /** The catch-ups of one stage: those of the first user at each edge, and those of the second user there. */
    private record Measured(List<CatchUp> first, List<CatchUp> next) {
        static Measured none() {
            return new Measured(new ArrayList<>(), new ArrayList<>());
        }
    }

    @Override
    Report measure(Map<String, String> machine) {
        stack().requireOwn();
        if (stack().partitions() < Stage.values().length) {
            throw new BenchFailedException("--partitions is at least " + Stage.values().length + " here");
        }
        try (BenchCluster cluster = startCluster()) {
            LoadUsers users = LoadUsers.joined(Arrays.stream(Stage.values())
                    .map(stage -> users(stage, "missing", USERS))
                    .toList());
            Map<Stage, Measured> measured = new LinkedHashMap<>();
            List<String> tokens = cluster.tokens(users);
            Fleet fleet;
            List<String> cursors;
            try (RunningEdge indexing = cluster.edge()) {
                fleet = new Fleet(new Fleet.Plan(users, 1), indexing.target(tokens));
                cursors = cursors(fleet);
                publish(cluster, users);
                awaitIndex(cluster);
            }
            for (int round = 1; round <= rounds; round++) {
                progress().say("edge %d of %d", round, rounds);
                try (RunningEdge edge = cluster.edge()) {
                    fleet.target(edge.target(tokens));
                    round(new Round(edge, fleet, cursors), measured);
                }
            }
            fleet.close();
            progress().say("plain scans");
            return report(
                    machine,
                    measured,
                    new Beside(
                            fleet,
                            scans(cluster, Topics.AGENT_EVENTS, Stage.EVEN),
                            scans(cluster, Topics.AGENT_EVENTS_INDEX, Stage.BUNCHED)));
        }
    }

    private LoadUsers users(Stage stage, String prefix, int count) {
        return LoadUsers.in(stage.partition(), stack().partitions(), new LoadUsers.Names(prefix, count));
    }

    /** Connects every user once and returns their cursors, before any event is published. */
    private static List<String> cursors(Fleet fleet) {
        connect(fleet, CONNECT);
        fleet.stayAway();
        fleet.leave(fleet.connections());
        Waiting.require("everybody has left", CONNECT, () -> fleet.greeted() == 0);
        return fleet.connections().stream()
                .map(connection -> connection.receiver().cursor())
                .toList();
    }

    private void publish(BenchCluster cluster, LoadUsers users) {
        try (BulkPublisher log = new BulkPublisher(cluster.log())) {
            for (Stage stage : Stage.values()) {
                int crowd = stage == Stage.WARM_UP ? foreign / 4 : foreign;
                progress().say("publishing %d others' events: %s", crowd, stage);
                List<EventTemplate> missing = IntStream.range(stage.firstUser(), stage.firstUser() + USERS)
                        .mapToObj(i -> EventTemplate.of(users.user(i), i, size))
                        .toList();
                Crowd around = new Crowd(log, stage);
                int pieces = stage == Stage.EVEN ? missed : bunches;
                for (int piece = 0; piece < pieces; piece++) {
                    around.append(crowd / pieces / 2);
                    for (EventTemplate each : missing) {
                        for (int i = missed * piece / pieces; i < missed * (piece + 1) / pieces; i++) {
                            log.append(each, stage.partition(), i);
                        }
                    }
                    around.append(crowd / pieces / 2);
                }
            }
            log.flush();
        }
    }

    /** The other users of one partition, who get events in turn. */
    private final class Crowd {
        private final BulkPublisher log;
        private final int partition;
        private final List<EventTemplate> members = new ArrayList<>();
        private long turn;

        Crowd(BulkPublisher log, Stage stage) {
            this.log = log;
            this.partition = stage.partition();
            LoadUsers all = users(stage, "other", others);
            IntStream.range(0, others).forEach(i -> members.add(EventTemplate.of(all.user(i), NOBODY, size)));
        }

        void append(int count) {
            for (int i = 0; i < count; i++) {
                log.append(members.get((int) (turn % members.size())), partition, turn / members.size());
                turn++;
            }
        }
    }

    private void awaitIndex(BenchCluster cluster) {
        long begin = System.nanoTime();
        for (Stage stage : Stage.values()) {
            long blocks = cluster.end(Topics.AGENT_EVENTS, stage.partition()) / BLOCK;
            Waiting.require(
                    "the index of " + stage,
                    INDEX,
                    () -> cluster.end(Topics.AGENT_EVENTS_INDEX, stage.partition()) >= blocks);
        }
        progress().say("indexed %.1f s after the last event", (System.nanoTime() - begin) / 1e9);
    }

    /** One round of catch-ups, at an edge that has just been started. */
    private record Round(RunningEdge edge, Fleet fleet, List<String> cursors) {}

    private void round(Round round, Map<Stage, Measured> measured) {
        for (int i = 0; i < warmUps; i++) {
            catchUp(round, Stage.WARM_UP.firstUser() + i % USERS);
        }
        for (Stage stage : List.of(Stage.BUNCHED, Stage.EVEN)) {
            Measured all = measured.computeIfAbsent(stage, key -> Measured.none());
            all.first().add(catchUp(round, stage.firstUser()));
            all.next().add(catchUp(round, stage.firstUser() + 1));
        }
    }

    private CatchUp catchUp(Round round, int user) {
        Fleet fleet = round.fleet();
        FleetConnection connection = fleet.connections().get(user);
        connection.receiver().expect(0);
        connection.receiver().cursor(round.cursors().get(user));
        EdgeMetrics before = round.edge().metrics();
        fleet.come(connection);
        Waiting.until(CATCH_UP, () -> connection.receiver().next() >= missed && connection.caughtUpAt() != 0);
        CatchUp took = new CatchUp(
                (connection.receiver().lastAt() - connection.connectAt()) / 1e6,
                (connection.greetedAt() - connection.connectAt()) / 1e6,
                round.edge().metrics().since(before).catchUpBytes());
        fleet.stayAway();
        fleet.leave(List.of(connection));
        Waiting.require("the client has left", CONNECT, () -> fleet.greeted() == 0);
        return took;
    }

    private static PlainScan scans(BenchCluster cluster, String topic, Stage stage) {
        PlainScan best = null;
        for (int i = 0; i < 7; i++) {
            PlainScan scan = PlainScan.of(cluster.bootstrap(), new TopicPartition(topic, stage.partition()));
            best = best == null || scan.millis() < best.millis() ? scan : best;
        }
        return java.util.Objects.requireNonNull(best);
    }

    // ---- the report

    /**
     * The results beside the catch-ups: the fleet that made them, the scan of the partition with evenly spread events,
     * and the scan of the other partition's index.
     */
    private record Beside(Fleet fleet, PlainScan scan, PlainScan index) {}

    private Report report(Map<String, String> machine, Map<Stage, Measured> measured, Beside beside) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("missed", missed + ", in " + bunches + " bunches or evenly");
        parameters.put("others' events", foreign + " of " + others + " users");
        parameters.put("event in the log", size + " bytes");
        parameters.put("edges", rounds + ", each warmed by " + warmUps + " catch-ups in another partition");
        stack().describe(parameters);
        List<Figure> figures = new ArrayList<>();
        measured.forEach((stage, all) -> {
            String name = stage == Stage.BUNCHED ? "bunched" : "even";
            figures.add(new Figure(name + ", first at its edge", "median of " + rounds, median(all.first()), "ms"));
            figures.add(new Figure(name + ", first at its edge", "best", best(all.first()), "ms"));
            figures.add(new Figure(name + ", first at its edge", "worst", worst(all.first()), "ms"));
            figures.add(new Figure(name + ", first at its edge", "until hello (median)", hello(all.first()), "ms"));
            figures.add(new Figure(
                    name + ", first at its edge",
                    "catch-up read",
                    all.first().get(0).bytesRead() / MILLION,
                    "MB"));
            figures.add(new Figure(name + ", the next one there", "median of " + rounds, median(all.next()), "ms"));
        });
        double scan = beside.scan().millis();
        double even = median(measured.getOrDefault(Stage.EVEN, Measured.none()).first());
        double bunched =
                median(measured.getOrDefault(Stage.BUNCHED, Measured.none()).first());
        double index = beside.index().bytes() * MILLION / Math.max(1, foreign);
        figures.add(new Figure("plain scan of the partition", "best of 7", scan, "ms"));
        figures.add(
                new Figure("plain scan of the partition", "read", beside.scan().bytes() / MILLION, "MB"));
        figures.add(new Figure("even / plain scan", "median", even / scan, "times"));
        figures.add(new Figure("index", "for 1,000,000 events", index / MILLION, "MB"));
        List<Aim> aims = missed == 1000 && foreign == 1_000_000
                ? List.of(
                        new Aim("1,000 missed among 1,000,000, bunched", bunched, Aim.atMost(50, "ms")),
                        new Aim(
                                "1,000 missed among 1,000,000, even, of a plain scan",
                                even / scan,
                                Aim.atMost(1.2, "times")),
                        new Aim("index for 1,000,000 events", index / MILLION, Aim.atMost(1, "MB")))
                : List.of();
        Fleet fleet = beside.fleet();
        long came = (long) rounds * (warmUps + 2 * USERS) * missed;
        Check check = new Check(
                "every missed event once, in order, and nobody else's",
                fleet.tally().faults().isNone() && fleet.tally().received() == came,
                fleet.tally().received() + " of " + came + "; " + fleet.tally().faults());
        return new Report(
                "replay",
                parameters,
                machine,
                new Report.Findings(figures, List.of(), List.of(check), aims),
                List.of(
                        "Time runs from the client's connect to the reading of the last missed event: handshake, start and catch-up. An edge's code is warm, its index of the partition is not read yet for the first user."));
    }

    private static double[] sorted(List<CatchUp> all) {
        return all.stream().mapToDouble(CatchUp::millis).sorted().toArray();
    }

    private static double median(List<CatchUp> all) {
        return sorted(all)[all.size() / 2];
    }

    private static double best(List<CatchUp> all) {
        return sorted(all)[0];
    }

    private static double worst(List<CatchUp> all) {
        return sorted(all)[all.size() - 1];
    }

    private static double hello(List<CatchUp> all) {
        return all.stream().mapToDouble(CatchUp::helloMillis).sorted().toArray()[all.size() / 2];
    }
}
