package dev.heddle.bench;

import dev.heddle.bench.floor.Orders;
import dev.heddle.bench.load.Fleet;
import dev.heddle.bench.load.LoadUsers;
import dev.heddle.bench.load.OpenLoopPublisher;
import dev.heddle.bench.process.JavaProcess;
import dev.heddle.bench.report.Curve;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * The measurements of the same load without Heddle, one floor after the other, so that each has the machine to itself
 * as the edge has later.
 */
final class Floors {
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration CONNECT = Duration.ofMinutes(1);

    private final BenchCluster cluster;
    private final LoadOptions load;
    private final ProgressLog progress;

    Floors(BenchCluster cluster, LoadOptions load, ProgressLog progress) {
        this.cluster = cluster;
        this.load = load;
        this.progress = progress;
    }

    /**
     * The measurements of a floor under the load.
     *
     * @param events how many it delivered
     * @param broker what Kafka used meanwhile
     */
    record Measured(Curve curve, long events, Meter.Reading process, Meter.Reading broker) {
        double cpuMicros() {
            return process.cpuMicrosPer(events);
        }
    }

    /** Measures a bare consumer of this publisher's events. */
    Measured consumer(OpenLoopPublisher publisher) {
        progress.say("floor: a bare consumer, %d events/s", load.rate());
        try (JavaProcess consumer = cluster.bareConsumer()) {
            publisher.start(load.rate());
            Waiting.pass(Duration.ofSeconds(load.warmSeconds()));
            Meter meter = new Meter("bare consumer", consumer);
            Meter broker = new Meter("broker, bare consumer", cluster.kafka());
            Curve curve = Sampling.of("bare consumer", load.seconds(), () -> take(consumer));
            Measured measured = new Measured(curve, curve.count(), meter.read(), broker.read());
            publisher.stop();
            return measured;
        }
    }

    private static Histogram take(JavaProcess consumer) {
        return Orders.decode(consumer.ask("take", ANSWER));
    }

    /** Measures a bare server that writes the same frames. */
    Measured socket() {
        progress.say("floor: a bare socket server, %d connections", load.users() * load.connections());
        LoadUsers users = load.population();
        BenchCluster.Frames frames = new BenchCluster.Frames(load.users(), load.size(), 0);
        try (JavaProcess server = cluster.bareSocketServer(frames);
                Fleet fleet = new Fleet(new Fleet.Plan(users, load.connections()), BenchCluster.target(server))) {
            Suite.connect(fleet, CONNECT);
            String unused = server.ask("push " + load.rate(), ANSWER);
            Waiting.pass(Duration.ofSeconds(load.warmSeconds()));
            Meter meter = new Meter("bare socket server", server);
            Meter broker = new Meter("broker, idle", cluster.kafka());
            Curve curve = Sampling.of("bare socket server", load.seconds(), fleet.tally()::takeLatencies);
            Measured measured = new Measured(curve, curve.count(), meter.read(), broker.read());
            long pushed = Long.parseLong(server.ask("stop", ANSWER));
            Waiting.require(
                    "all that the bare server pushed", CONNECT, () -> fleet.hasAll(user -> users.share(user, pushed)));
            return measured;
        }
    }
}
