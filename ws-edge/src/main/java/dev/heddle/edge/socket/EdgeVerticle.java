package dev.heddle.edge.socket;

import dev.heddle.edge.protocol.ServerFrame;
import dev.heddle.edge.protocol.Upstream;
import dev.heddle.port.GuardedConnection;
import dev.heddle.port.RequestBody;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One event loop of an edge with its HTTP server; all instances share the port, and Vert.x hands them new sockets in
 * turn. Event-loop model on purpose: Vert.x 5.0 put all virtual-thread instances on one loop.
 */
final class EdgeVerticle extends VerticleBase {

    /**
     * The most connections that the kernel keeps until they are accepted; beyond it a newcomer's first packet is lost
     * and sent again a second later.
     */
    private static final int ACCEPT_BACKLOG = 4_096;

    private static final Refusal NOT_THERE = new Refusal(404, "not_found", "there is nothing at this path");

    private final SocketConfig config;
    private final Services services;
    private final Admission admission;
    private final RequestBody.Shared bodies;
    private final BiConsumer<Router, FrontDoor> routes;
    private final Promise<Integer> port = Promise.promise();
    private @Nullable ConnectionContext connections;
    private @Nullable HttpServer server;

    EdgeVerticle(
            SocketConfig config,
            Services services,
            Admission admission,
            RequestBody.Shared bodies,
            BiConsumer<Router, FrontDoor> routes) {
        this.bodies = bodies;
        this.config = config;
        this.services = services;
        this.admission = admission;
        this.routes = routes;
    }

    @Override
    public Future<?> start() {
        TimingWheel wheel = new TimingWheel(System::nanoTime);
        vertx.setPeriodic(TimingWheel.TICK_MILLIS, tick -> wheel.tick());
        LoopExecutor loop = new LoopExecutor(((ContextInternal) context).nettyEventLoop(), wheel);
        AgentsFeed agents = new AgentsFeed(services.commands().agents(), loop);
        ConnectionContext own = new ConnectionContext(
                config,
                services,
                admission,
                loop,
                new ConnectionRegistry(),
                agents,
                new ClientAddress(config.http().trustedProxies()));
        connections = own;
        AllowedOrigins origins = new AllowedOrigins(config.http());
        Handshake handshake = new Handshake(origins, own);
        Cors cors = new Cors(origins);
        StreamRoute stream = new StreamRoute(own, handshake);
        Router router = Router.router(vertx);
        new QueryRoutes(own, handshake).mount(router);
        routes.accept(router, new FrontDoor(vertx, own, handshake, bodies));
        router.errorHandler(404, missing -> HttpAnswer.refuse(missing.request(), NOT_THERE));
        HttpServer made = vertx.createHttpServer(options());
        server = made;
        GuardedConnection.Times times = config.http().times();
        return made.requestHandler(request -> {
                    if (!GuardedConnection.requested(request, times)) {
                        return;
                    }
                    boolean streams = StreamRoute.PATH.equals(request.path());
                    // A request for a WebSocket is refused for its origin by a close code.
                    if (streams && StreamRoute.isUpgrade(request)) {
                        stream.handle(request);
                    } else if (cors.pass(request)) {
                        if (streams) {
                            stream.handle(request);
                        } else {
                            router.handle(request);
                        }
                    }
                })
                .listen(address())
                .onSuccess(listening -> port.complete(listening.actualPort()))
                .onFailure(port::fail);
    }

    /** The port, once listening. */
    Future<Integer> port() {
        return port.future();
    }

    private SocketAddress address() {
        HttpConfig http = config.http();
        // Port 0 would give each instance a port of its own.
        return http.port() == 0
                ? SocketAddress.sharedRandomPort(1, http.host())
                : SocketAddress.inetSocketAddress(http.port(), http.host());
    }

    private HttpServerOptions options() {
        HttpConfig http = config.http();
        HttpServerOptions options = new HttpServerOptions()
                .setAcceptBacklog(ACCEPT_BACKLOG)
                .setSendBufferSize(http.sendBufferBytes())
                .setTcpNoDelay(true)
                .setMaxInitialLineLength(http.maxUrlBytes())
                .setMaxHeaderSize(http.maxHeaderBytes())
                .setHttp2ClearTextEnabled(false)
                .setCompressionSupported(false)
                .setDecompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setWebSocketSubProtocols(List.of(ServerFrame.PROTOCOL))
                .setMaxWebSocketFrameSize(config.limits().maxFrameBytes())
                .setMaxWebSocketMessageSize(config.limits().maxFrameBytes())
                .setWebSocketClosingTimeout(
                        (int) Math.max(1, http.closeTimeout().toSeconds()));
        if (http.tls().serves()) {
            options.setSsl(true)
                    .setKeyCertOptions(Certificate.files(http.tls()))
                    .setUseAlpn(false)
                    .setSslHandshakeTimeout(http.requestTimeout().toMillis())
                    .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        }
        return options;
    }

    /** Gives new connections of this loop another certificate; fails, and changes nothing, if it is not usable. */
    Future<?> use(ServerSSLOptions options) {
        HttpServer listening = server;
        return listening == null ? Future.succeededFuture() : listening.updateSSLOptions(options);
    }

    /** Ends all connections of this loop within the drain window. Any thread. */
    void drain() {
        onLoop(registry -> registry.drain(config.sessions().drainWindow().toMillis()));
    }

    /** Tells all clients of this loop the state of Kafka. Any thread. */
    void tell(Upstream upstream) {
        onLoop(registry -> registry.tell(upstream));
    }

    private void onLoop(Consumer<ConnectionRegistry> task) {
        ConnectionContext own = connections;
        if (own != null) {
            own.loop().later(() -> task.accept(own.registry()));
        }
    }

    /** Completes once this loop has no connection. Any thread. */
    Future<Void> whenEmpty() {
        Promise<Void> empty = Promise.promise();
        if (connections == null) {
            return Future.succeededFuture();
        }
        onLoop(registry -> registry.whenEmpty(() -> empty.tryComplete()));
        return empty.future();
    }

    /** Ends this loop's share of the port, and its connections. Any thread. */
    Future<?> close() {
        HttpServer listening = server;
        return listening == null ? Future.succeededFuture() : listening.close();
    }
}
