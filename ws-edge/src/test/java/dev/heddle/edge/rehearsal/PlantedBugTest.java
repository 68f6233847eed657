package dev.heddle.edge.rehearsal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.auth.Revocations;
import dev.heddle.config.Settings;
import dev.heddle.edge.command.CommandDesk;
import dev.heddle.edge.command.CommandIntake;
import dev.heddle.edge.command.OfferedAgents;
import dev.heddle.edge.hub.Hub;
import dev.heddle.edge.hub.HubConfig;
import dev.heddle.edge.hub.HubEnvironment;
import dev.heddle.edge.ops.Metrics;
import dev.heddle.edge.protocol.Upstream;
import dev.heddle.edge.socket.EdgeServer;
import dev.heddle.edge.socket.HttpConfig;
import dev.heddle.edge.socket.LimitsConfig;
import dev.heddle.edge.socket.Services;
import dev.heddle.edge.socket.SessionConfig;
import dev.heddle.edge.socket.SocketConfig;
import dev.heddle.edge.socket.TestClient;
import dev.heddle.role.Readiness;
import dev.heddle.trace.Tracing;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Clock;
import java.util.List;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;

/**
 * What nobody outside can bring about: a bug of ours, planted behind the commands. Here because the log in memory is.
 */
final class PlantedBugTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final String COMMAND =
            "{\"type\":\"command\",\"id\":\"c\",\"command\":\"run.cancel\",\"threadId\":\"t\",\"runId\":\"r\"}";

    @Test
    void aBugIs4500ForTheConnectionThatMeetsItAndNothingForOthers() throws JoseException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Metrics metrics = new Metrics(registry, CLOCK::millis);
        OfferedAgents agents = new OfferedAgents();
        CommandDesk broken = new CommandDesk(
                new CommandIntake(agents::knows, CLOCK),
                (command, trace, outcome) -> {
                    throw new IllegalStateException("planted");
                },
                Tracing.off());
        SyntheticUsers users = SyntheticUsers.of(2, CLOCK);
        SocketConfig sockets = new SocketConfig(
                Settings.with(HttpConfig.defaults(), "host=127.0.0.1", "port=0", "eventLoops=1"),
                LimitsConfig.defaults(),
                SessionConfig.defaults());
        Vertx vertx = EdgeServer.guard(sockets, registry).vertx(new VertxOptions());
        try (Hub hub =
                new Hub(new RehearsalLog(), new HubEnvironment(HubConfig.defaults(), metrics, System::nanoTime))) {
            hub.start();
            Services services = new Services(
                    new Services.Delivery(() -> hub, () -> Upstream.OK),
                    new Services.Clients(users.verifier(), Revocations.none()),
                    new Services.Commands(broken, agents, 1),
                    new Services.Operations(new Readiness(List.of()), metrics, CLOCK, Tracing.off()));
            EdgeServer server = EdgeServer.start(vertx, sockets, services, (router, door) -> {})
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            try (TestClient unlucky = TestClient.connect(server.port(), "", users.token(0));
                    TestClient other = TestClient.connect(server.port(), "", users.token(1))) {
                unlucky.next("caughtUp");
                other.next("caughtUp");
                unlucky.send(COMMAND);
                assertEquals(4500, unlucky.closeCode());
                other.send("{\"type\":\"ping\"}");
                other.next("pong");
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
