package dev.heddle.ingest;

import dev.heddle.auth.Access;
import dev.heddle.port.ConnectionGuard;
import dev.heddle.port.ManagementServer;
import dev.heddle.port.PortMetrics;
import dev.heddle.topic.LargestRecords;
import dev.heddle.topic.RecordLimit;
import dev.heddle.topic.StartCheck;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.net.BindException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running ingest node, and the one composition root: everything is made and wired here, and closed here in the
 * opposite order.
 */
public final class Ingest implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Ingest.class);
    private static final Duration START_PATIENCE = Duration.ofSeconds(30);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean draining;
    private int port;
    private int managementPort;

    private Ingest() {}

    /**
     * Starts a node and waits until it takes batches.
     *
     * @throws IngestStartException when it cannot start; nothing is left running then
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
            throw new IngestStartException(
                    "the keys or the revocations of tokens could not be read in " + START_PATIENCE.toSeconds() + " s");
        }
        ExecutorService threads = Executors.newCachedThreadPool(Threads.named("heddle-lane"));
        RecordLimit limit = new RecordLimit(config.kafka(), "heddle-ingest-limit");
        parts.push(limit);
        Lanes lanes = new Lanes(config, new Lane.Surroundings(metrics, clock, threads, limit), threads);
        parts.push(lanes);

        PortMetrics sockets = new PortMetrics(registry, "heddle.ingest");
        ConnectionGuard guard = new ConnectionGuard(
                config.limits().unauthenticated(), config.http().requestTimeout(), sockets);
        sockets.watch(guard::pending);
        Vertx vertx = guard.vertx(new VertxOptions()
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        parts.push(() -> await(vertx.close(), "Vert.x did not stop"));
        IngestServer.Services services = new IngestServer.Services(
                new Gatekeeper(access.verifier(), config.http().requestTimeout()),
                new BatchReader(config.limits(), clock),
                lanes,
                log.generation(),
                log::isUsable,
                metrics);
        ManagementServer management = new ManagementServer(() -> missing(log, access), registry);
        parts.push(() -> await(management.stop(), "the management port did not stop"));
        managementPort = await(
                management.listen(
                        config.management().host(), config.management().port()),
                "cannot listen on " + config.management().host() + ":"
                        + config.management().port() + " for health and metrics (--management-port)");
        port = await(
                new IngestServer(vertx, config, services).listen(),
                "cannot listen on " + config.http().host() + ":" + config.http().port() + " for senders (--port)");
    }

    /** What is missing to take batches. */
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

    /** Turns unready, and stops. */
    @Override
    public void close() {
        draining = true;
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                LOG.atWarn().addKeyValue("error", e.toString()).log("a part of ingest did not stop in order");
            }
        }
    }

    private static <T> T await(Future<T> future, String otherwise) {
        try {
            return future.toCompletionStage()
                    .toCompletableFuture()
                    .get(START_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            String why = e.getCause() instanceof BindException ? "the port is taken" : String.valueOf(e.getCause());
            throw new IngestStartException(otherwise + ": " + why, e);
        } catch (TimeoutException e) {
            throw new IngestStartException(otherwise + ": no answer in " + START_PATIENCE.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IngestStartException(otherwise + ": interrupted", e);
        }
    }
}
