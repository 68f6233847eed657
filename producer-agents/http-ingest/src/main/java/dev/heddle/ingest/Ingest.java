package dev.heddle.ingest;

import dev.heddle.auth.Access;
import dev.heddle.concurrent.DaemonThreads;
import dev.heddle.port.ConnectionGuard;
import dev.heddle.port.PortMetrics;
import dev.heddle.role.BlockingWait;
import dev.heddle.role.ManagementServer;
import dev.heddle.role.ResourceStack;
import dev.heddle.role.RoleException;
import dev.heddle.topic.LargestRecords;
import dev.heddle.topic.RecordLimit;
import dev.heddle.topic.StartCheck;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * One running ingest node, and its composition root: it makes and wires all parts, and closes them in the opposite
 * order.
 */
public final class Ingest implements AutoCloseable {

    private static final Duration START_PATIENCE = Duration.ofSeconds(30);

    private final ResourceStack parts = new ResourceStack();
    private volatile boolean draining;
    private int port;
    private int managementPort;

    private Ingest() {}

    /**
     * Starts a node and waits until it takes batches.
     *
     * @throws RoleException when it cannot start; nothing is left running then
     * @throws dev.heddle.auth.UnusableKeysException when there is no key to verify tokens with
     */
    public static Ingest start(IngestConfig config) {
        Ingest ingest = new Ingest();
        try {
            ingest.run(config);
            return ingest;
        } catch (RuntimeException | Error e) {
            ingest.close();
            throw e;
        }
    }

    /** The public port. */
    public int port() {
        return port;
    }

    /** The port of health and metrics. */
    public int managementPort() {
        return managementPort;
    }

    private void run(IngestConfig config) {
        Clock clock = Clock.systemUTC();
        Access.requireKeys(config.auth());
        LogCheck log = LogCheck.start(new StartCheck(
                config.kafka(),
                config.topics(),
                new LargestRecords(config.limits().eventBytes(), 0)));
        parts.push(log);
        Access access = Access.open(config.auth(), config.kafka(), clock);
        parts.push(access);
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        IngestMetrics metrics = new IngestMetrics(registry);
        metrics.watchKeys(access::keyFailures, access::keyCount, access::keyAgeSeconds);
        metrics.watchRevocations(access::unreadableRevocations);
        if (!access.await(START_PATIENCE)) {
            throw new RoleException(
                    "the keys or the revocations of tokens could not be read in " + START_PATIENCE.toSeconds() + " s");
        }
        ExecutorService threads = Executors.newCachedThreadPool(DaemonThreads.numbered("heddle-append"));
        RecordLimit limit = new RecordLimit(config.kafka(), "heddle-ingest-limit");
        parts.push(limit);
        PartitionAppenders appenders = new PartitionAppenders(config, metrics, clock, threads, limit);
        parts.push(appenders);

        PortMetrics sockets = new PortMetrics(registry, "heddle.ingest");
        ConnectionGuard guard = new ConnectionGuard(
                config.limits().unauthenticated(), config.http().requestTimeout(), sockets::dropped);
        sockets.watch(guard::pending);
        Vertx vertx = guard.vertx(new VertxOptions());
        parts.push(() -> BlockingWait.on(vertx.close().toCompletionStage(), "Vert.x did not stop"));
        IngestServer server = new IngestServer(
                vertx,
                config,
                new SenderAuthorization(access.verifier(), config.http().requestTimeout()),
                new BatchReader(config.limits(), clock),
                appenders,
                log.generation(),
                log::isUsable,
                metrics);
        ManagementServer management = ManagementServer.start(
                config.management().host(),
                config.management().port(),
                new ManagementServer.Health(() -> true, () -> missing(log, access)),
                registry);
        parts.push(management);
        managementPort = management.port();
        port = BlockingWait.on(
                server.listen().toCompletionStage(),
                "cannot listen on " + config.http().host() + ":" + config.http().port() + " for senders (--port)");
    }

    /** The conditions for taking batches that are not met. */
    private List<String> missing(LogCheck log, Access access) {
        List<String> missing = new ArrayList<>();
        if (draining || !log.isUsable()) {
            missing.add("log");
        }
        if (!access.hasKeys()) {
            missing.add("keys");
        }
        return missing;
    }

    /** Makes the node unready, and stops it. */
    @Override
    public void close() {
        draining = true;
        parts.close();
    }
}
