package dev.heddle.edge;

import dev.heddle.auth.Access;
import dev.heddle.auth.Revocations;
import dev.heddle.auth.TokenVerifier;
import dev.heddle.config.Settings;
import dev.heddle.edge.command.CommandDesk;
import dev.heddle.edge.command.CommandIntake;
import dev.heddle.edge.command.OfferedAgents;
import dev.heddle.edge.http.AgUiRoutes;
import dev.heddle.edge.hub.Credit;
import dev.heddle.edge.hub.Hub;
import dev.heddle.edge.hub.HubEnvironment;
import dev.heddle.edge.hub.HubObserver;
import dev.heddle.edge.index.IndexBuilder;
import dev.heddle.edge.log.KafkaAgentReader;
import dev.heddle.edge.log.KafkaCommandLog;
import dev.heddle.edge.log.KafkaEventLog;
import dev.heddle.edge.log.LogWatch;
import dev.heddle.edge.log.TopicGate;
import dev.heddle.edge.ops.Metrics;
import dev.heddle.edge.protocol.Upstream;
import dev.heddle.edge.rehearsal.PolledTail;
import dev.heddle.edge.rehearsal.Rehearsal;
import dev.heddle.edge.socket.EdgeServer;
import dev.heddle.edge.socket.HttpConfig;
import dev.heddle.edge.socket.LimitsConfig;
import dev.heddle.edge.socket.Services;
import dev.heddle.edge.socket.SocketConfig;
import dev.heddle.event.Generation;
import dev.heddle.process.ClassCache;
import dev.heddle.role.BlockingWait;
import dev.heddle.role.ManagementServer;
import dev.heddle.role.Readiness;
import dev.heddle.role.ResourceStack;
import dev.heddle.topic.EventLogTopics;
import dev.heddle.topic.LargestRecords;
import dev.heddle.topic.StartCheck;
import dev.heddle.trace.Tracing;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One running edge node, and the one composition root: it makes and wires all parts, and closes them in the opposite
 * order.
 *
 * <p>{@link #start} and {@link #close} block their caller; close may be called from any thread but an event loop, and
 * more than once.
 */
public final class Edge implements AutoCloseable {

    private static final Duration START_PATIENCE = Duration.ofSeconds(30);
    private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(5);

    private final EdgeConfig config;
    private final ResourceStack parts = new ResourceStack();
    private Running running = new Running(0, 0);
    private volatile @Nullable EdgeServer listening;

    private record Running(int port, int managementPort) {}

    private Edge(EdgeConfig config) {
        this.config = config;
    }

    /**
     * Starts an edge and waits until it is ready.
     *
     * @param extensions routes that go beside the edge's own
     * @throws RuntimeException with one line, when it cannot start; nothing is left running then
     */
    public static Edge start(EdgeConfig config, List<RouteExtension> extensions) {
        Edge edge = new Edge(config);
        try {
            edge.run(List.copyOf(extensions));
            return edge;
        } catch (RuntimeException | Error e) {
            edge.close();
            throw e;
        }
    }

    /** The public port. */
    public int port() {
        return running.port();
    }

    /** The port of health and metrics. */
    public int managementPort() {
        return running.managementPort();
    }

    private void run(List<RouteExtension> extensions) {
        Clock clock = Clock.systemUTC();
        Tracing tracing = Tracing.open(config.tracing(), "heddle-edge");
        parts.push(tracing);
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Metrics metrics = new Metrics(registry, clock::millis);
        Readiness readiness = new Readiness(List.of(new Readiness.Condition("start", () -> listening != null)));
        Vertx vertx = vertx(registry);
        // Before all that takes time: a probe sees a starting edge as alive and not ready.
        ManagementServer management = ManagementServer.start(
                config.management().host(),
                config.management().port(),
                new ManagementServer.Health(() -> true, readiness::missing),
                registry);
        parts.push(management);
        Access.requireKeys(config.auth());
        Generation generation = TopicGate.check(new StartCheck(
                config.kafka(),
                config.topics(),
                new LargestRecords(0, config.limits().largestCommandBytes())));
        Access access = Access.open(config.auth(), config.kafka(), clock);
        parts.push(access);

        Credit credit = new Credit(config.hub()); // a hub that is replaced and the next one share it
        HubSupervisor hub = new HubSupervisor(generation, found -> hub(found, metrics, credit), this::tell);
        parts.push(hub);
        metrics.watch(hub, hub::tailLag, hub::replacements);
        metrics.watchKeys(access::keyFailures);
        metrics.watchKeySet(access::keyCount, access::keyAgeSeconds);
        metrics.watchRevocations(access::unreadableRevocations);
        metrics.watchIndex(hub::readings, hub::indexed);

        OfferedAgents agents = new OfferedAgents();
        KafkaAgentReader reader = new KafkaAgentReader(config.kafka(), agents, clock);
        parts.push(reader);
        KafkaCommandLog commandLog = new KafkaCommandLog(config.kafka(), config.commands(), generation.partitions());
        parts.push(commandLog);
        CommandDesk desk = new CommandDesk(new CommandIntake(agents::knows, clock), commandLog, tracing);

        readiness.require(List.of(
                new Readiness.Condition("delivery", hub::isServing),
                new Readiness.Condition("agents", reader::isCaughtUp),
                new Readiness.Condition("keys", access::hasKeys),
                new Readiness.Condition("revocations", access::hasRevocations)));
        Services services = new Services(
                new Services.Delivery(hub, hub::upstream),
                new Services.Clients(access.verifier(), access.revocations()),
                new Services.Commands(desk, agents, config.commands().pendingPerSession()),
                new Services.Operations(readiness, metrics, clock, tracing));
        rehearse(new Rehearsal(clock, rehearsalEnvironment(desk, clock)), generation);
        LogWatch watch = new LogWatch(config.kafka(), hub);
        parts.push(watch);
        // Last: the port is stopped first, so that the drain begins at once.
        running = new Running(listen(vertx, services, extensions), management.port());
        StartGate.await(readiness, START_PATIENCE);
    }

    /** Rehearses the delivery of synthetic events and, at the same time, the reading of the log. */
    private void rehearse(Rehearsal rehearsal, Generation found) {
        if (config.start().rehearsal().isZero() || ClassCache.ofThisJvm().hasProfiles()) {
            return;
        }
        HubObserver unread = unread(Clock.systemUTC());
        try (KafkaEventLog events =
                new KafkaEventLog(config.kafka(), EventLogTopics.events(found), unread, config.index())) {
            PolledTail.during(events, () -> rehearsal.run(config.start().rehearsal()));
        }
    }

    /** Meters that are not exported. */
    private static Metrics unread(Clock clock) {
        return new Metrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), clock::millis);
    }

    /** An environment with meters that are not exported, and without commands. */
    private Rehearsal.Environment rehearsalEnvironment(CommandDesk desk, Clock clock) {
        Metrics unread = unread(clock);
        HttpConfig http = Settings.with(
                HttpConfig.defaults(),
                "host=127.0.0.1",
                "port=0",
                "eventLoops=" + config.http().eventLoopCount(),
                "sendBufferBytes=" + config.http().sendBufferBytes());
        SocketConfig sockets = new SocketConfig(http, LimitsConfig.defaults(), config.sessions());
        return new Rehearsal.Environment() {
            @Override
            public Services services(Hub hub, TokenVerifier verifier) {
                return new Services(
                        new Services.Delivery(() -> hub, () -> Upstream.OK),
                        new Services.Clients(verifier, Revocations.none()),
                        new Services.Commands(
                                desk, new OfferedAgents(), config.commands().pendingPerSession()),
                        new Services.Operations(new Readiness(List.of()), unread, clock, Tracing.off()));
            }

            @Override
            public HubObserver observer() {
                return unread;
            }

            @Override
            public SocketConfig sockets() {
                return sockets;
            }
        };
    }

    private HubSupervisor.Running hub(Generation found, Metrics metrics, Credit credit) {
        EventLogTopics topic = EventLogTopics.events(found);
        KafkaEventLog events = new KafkaEventLog(config.kafka(), topic, metrics, config.index());
        Hub hub = new Hub(events, new HubEnvironment(config.hub(), metrics, System::nanoTime, credit));
        hub.start();
        return new HubSupervisor.Running(hub, events.index().counts(), IndexBuilder.start(config.kafka(), topic));
    }

    private void tell(Upstream upstream) {
        EdgeServer server = listening;
        if (server != null) {
            server.tell(upstream);
        }
    }

    /** The event loops; they end after all parts that run tasks on them. */
    private Vertx vertx(PrometheusMeterRegistry registry) {
        SocketConfig sockets = new SocketConfig(config.http(), config.limits(), config.sessions());
        Vertx vertx = EdgeServer.guard(sockets, registry)
                .vertx(new VertxOptions().setEventLoopPoolSize(config.http().eventLoopCount()));
        parts.push(() -> BlockingWait.on(vertx.close().toCompletionStage(), "Vert.x did not stop"));
        return vertx;
    }

    private int listen(Vertx vertx, Services services, List<RouteExtension> extensions) {
        HttpConfig http = config.http();
        EdgeServer server = BlockingWait.on(
                EdgeServer.start(
                                vertx,
                                new SocketConfig(http, config.limits(), config.sessions()),
                                services,
                                (router, door) -> {
                                    new AgUiRoutes(door).mount(router);
                                    extensions.forEach(extension -> extension.mount(router));
                                })
                        .toCompletionStage(),
                "cannot listen on " + http.host() + ":" + http.port() + " for clients (--port)");
        parts.push(() -> BlockingWait.on(server.close().toCompletionStage(), "the public port did not close"));
        parts.push(() -> drain(services.operations().readiness(), server));
        listening = server;
        return server.port();
    }

    /**
     * Ends all connections within the drain window, and waits until they have ended or were cut after the close
     * time-out.
     */
    private void drain(Readiness readiness, EdgeServer server) {
        readiness.drain();
        server.drain();
        Duration patience = config.sessions()
                .drainWindow()
                .plus(config.http().closeTimeout())
                .plus(DRAIN_PATIENCE);
        Void unused = BlockingWait.on(server.whenEmpty().toCompletionStage(), patience, "connections did not end");
    }

    @Override
    public void close() {
        parts.close();
    }
}
