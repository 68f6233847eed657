package dev.heddle.edge.socket;

import dev.heddle.edge.protocol.Upstream;
import dev.heddle.port.ConnectionGuard;
import dev.heddle.port.PortMetrics;
import dev.heddle.port.RequestBody;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** The public port of an edge on all its event loops. Any thread. */
public final class EdgeServer {

    private final List<EdgeVerticle> loops;
    private final int port;
    private final Runnable endOfCertificates;

    private EdgeServer(List<EdgeVerticle> loops, int port, Runnable endOfCertificates) {
        this.endOfCertificates = endOfCertificates;
        this.loops = loops;
        this.port = port;
    }

    /** The guard of the public port, which makes the Vert.x instance. */
    public static ConnectionGuard guard(SocketConfig config, MeterRegistry registry) {
        PortMetrics metrics = new PortMetrics(registry, "heddle.edge");
        ConnectionGuard guard = new ConnectionGuard(
                config.limits().unauthenticated(), config.http().requestTimeout(), metrics::dropped);
        metrics.watch(guard::pending);
        return guard;
    }

    /**
     * Starts to listen.
     *
     * @param vertx a guard's, with as many event loops as are wanted
     * @param routes told each loop's router, after the edge's own routes, and its way for frontends
     */
    public static Future<EdgeServer> start(
            Vertx vertx, SocketConfig config, Services services, BiConsumer<Router, FrontDoor> routes) {
        Admission admission = new Admission(config.limits(), config.http().requestTimeout());
        services.clients().revocations().subscribe(admission::revoked);
        services.operations()
                .metrics()
                .watchAdmitted(admission::connections, config.limits().connections());
        RequestBody.Shared bodies = FrontDoor.bodies(config.limits());
        List<EdgeVerticle> loops = new ArrayList<>();
        Future<?> deployed = Future.succeededFuture();
        for (int i = 0; i < config.http().eventLoopCount(); i++) {
            EdgeVerticle loop = new EdgeVerticle(config, services, admission, bodies, routes);
            loops.add(loop);
            deployed = deployed.compose(before ->
                    vertx.deployVerticle(loop, new DeploymentOptions().setThreadingModel(ThreadingModel.EVENT_LOOP)));
        }
        return deployed.compose(done -> loops.get(0).port())
                .map(port -> new EdgeServer(
                        loops,
                        port,
                        config.http().tls().serves()
                                ? Certificate.watch(
                                        vertx,
                                        config.http().tls(),
                                        options -> Future.all(loops.stream()
                                                .map(loop -> loop.use(options))
                                                .toList()))
                                : () -> {}));
    }

    /** The port that clients connect to. */
    public int port() {
        return port;
    }

    /** Ends all connections within the drain window, one after the other. */
    public void drain() {
        endOfCertificates.run();
        loops.forEach(EdgeVerticle::drain);
    }

    /** Tells all clients the state of Kafka. */
    public void tell(Upstream upstream) {
        loops.forEach(loop -> loop.tell(upstream));
    }

    /** Completes once no connection is left. */
    public Future<Void> whenEmpty() {
        return Future.all(loops.stream().map(EdgeVerticle::whenEmpty).toList()).mapEmpty();
    }

    /** Stops listening, and cuts the connections that are left. */
    public Future<Void> close() {
        endOfCertificates.run();
        return Future.all(loops.stream().map(EdgeVerticle::close).toList()).mapEmpty();
    }
}
