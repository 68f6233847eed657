package dev.heddle.edge.rehearsal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.auth.Revocations;
import dev.heddle.auth.TokenVerifier;
import dev.heddle.config.Settings;
import dev.heddle.edge.command.CommandDesk;
import dev.heddle.edge.command.CommandIntake;
import dev.heddle.edge.command.OfferedAgents;
import dev.heddle.edge.hub.Hub;
import dev.heddle.edge.hub.HubObserver;
import dev.heddle.edge.ops.Metrics;
import dev.heddle.edge.protocol.Upstream;
import dev.heddle.edge.socket.HttpConfig;
import dev.heddle.edge.socket.LimitsConfig;
import dev.heddle.edge.socket.Services;
import dev.heddle.edge.socket.SessionConfig;
import dev.heddle.edge.socket.SocketConfig;
import dev.heddle.role.Readiness;
import dev.heddle.trace.Tracing;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class RehearsalTest {
    private static final Clock CLOCK = Clock.systemUTC();

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Metrics metrics = new Metrics(meters, CLOCK::millis);

    private Rehearsal.Environment environment(int port) {
        return new Rehearsal.Environment() {
            @Override
            public Services services(Hub hub, TokenVerifier verifier) {
                OfferedAgents agents = new OfferedAgents();
                CommandDesk nobody = new CommandDesk(
                        new CommandIntake(agents::knows, CLOCK), (command, trace, outcome) -> {}, Tracing.off());
                return new Services(
                        new Services.Delivery(() -> hub, () -> Upstream.OK),
                        new Services.Clients(verifier, Revocations.none()),
                        new Services.Commands(nobody, agents, 1),
                        new Services.Operations(new Readiness(List.of()), metrics, CLOCK, Tracing.off()));
            }

            @Override
            public HubObserver observer() {
                return metrics;
            }

            @Override
            public SocketConfig sockets() {
                return new SocketConfig(
                        Settings.with(HttpConfig.defaults(), "host=127.0.0.1", "port=" + port, "eventLoops=1"),
                        LimitsConfig.defaults(),
                        SessionConfig.defaults());
            }
        };
    }

    private double meter(String name) {
        return meters.get(name).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    /** Everything that a client can meet is gone through: handshakes, live events, missed ones. */
    @Test
    void whatIsPlayed_isDelivered_liveAndAfterwards() {
        int rounds = new Rehearsal(CLOCK, environment(0)).run(Duration.ofSeconds(20));
        assertTrue(rounds >= 3, "rounds: " + rounds);
        double events = meter("heddle.edge.events.sent");
        assertEquals(rounds * 20 * (10 + 40 + 40), events);
        assertTrue(meter("heddle.edge.catchup.bytes") > 0);
    }

    @Test
    void withoutTime_thereIsNone() {
        assertEquals(0, new Rehearsal(CLOCK, environment(0)).run(Duration.ZERO));
    }

    /** Warmth is not worth an edge. */
    @Test
    void aStageThatCannotBeSet_costsNothingElse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertEquals(0, new Rehearsal(CLOCK, environment(taken.getLocalPort())).run(Duration.ofSeconds(5)));
        }
    }

    @Test
    void compilation_isQuiet_whenOneFifthOfTheTimeIsSpentOnIt() {
        AtomicLong nanos = new AtomicLong();
        AtomicLong compiled = new AtomicLong();
        Compilation compilation = new Compilation(nanos::get, compiled::get);
        nanos.addAndGet(Duration.ofMillis(100).toNanos());
        compiled.addAndGet(21);
        assertFalse(compilation.isQuiet());
        nanos.addAndGet(Duration.ofMillis(100).toNanos());
        compiled.addAndGet(20);
        assertTrue(compilation.isQuiet());
    }
}
