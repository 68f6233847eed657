package dev.heddle.edge.socket;

import dev.heddle.edge.protocol.Disconnect;
import dev.heddle.edge.protocol.Protocol;
import dev.heddle.edge.protocol.ServerFrame;
import dev.heddle.event.UserKey;
import dev.heddle.port.GuardedConnection;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.ServerWebSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The route {@code GET /v1/stream}: from the request to a connection, or to a refusal that its sender can see. A
 * refused request that does not offer {@code heddle.v1} gets an HTTP status; one that does is upgraded and closed at
 * once with a code, because a browser cannot see a status.
 */
final class StreamRoute implements Handler<HttpServerRequest> {

    private static final Logger log = LoggerFactory.getLogger(StreamRoute.class);
    /**
     * The path. It is no route of the router, whose requests give wrapped WebSockets without access to the channel
     * below.
     */
    static final String PATH = "/v1/stream";

    private static final String VERSION = "13";

    private final ConnectionContext context;
    private final Handshake handshake;
    private final Admission admission;

    StreamRoute(ConnectionContext context, Handshake handshake) {
        this.context = context;
        this.handshake = handshake;
        this.admission = context.admission();
    }

    @Override
    public void handle(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.GET)) {
            HttpAnswer.status(request.response(), 405);
            return;
        }
        if (GuardedConnection.announcesBody(request)) {
            // A body could not be told from the frames that follow, and the wait for its end has no bound.
            context.metrics().refused(Protocol.HEDDLE_V1, Disconnect.BAD_PARAMETER);
            HttpAnswer.refuse(request.response(), Disconnect.BAD_PARAMETER);
            return;
        }
        OfferedSubprotocols offer = OfferedSubprotocols.of(request.headers());
        // Bytes behind the head wait for the verdict: they may be frames.
        request.pause();
        handshake.check(request, offer, verdict -> answer(request, offer, verdict));
    }

    private void answer(HttpServerRequest request, OfferedSubprotocols offer, Handshake.Verdict verdict) {
        if (!offer.hasProtocol() || !isUpgrade(request)) {
            Disconnect cause = verdict instanceof Handshake.Verdict.Deny deny ? deny.cause() : Disconnect.BAD_PARAMETER;
            context.metrics().refused(Protocol.HEDDLE_V1, cause);
            request.resume();
            HttpAnswer.refuse(request.response(), cause);
        } else if (!VERSION.equals(request.getHeader("Sec-WebSocket-Version"))) {
            // Netty would go on with the drafts of old, whose framing has other rules.
            request.resume();
            HttpAnswer.status(request.response().putHeader("Sec-WebSocket-Version", VERSION), 426);
        } else if (verdict instanceof Handshake.Verdict.Admit admit) {
            admit(request, admit);
        } else if (verdict instanceof Handshake.Verdict.Deny deny) {
            refuse(request, deny.cause());
        }
    }

    /** True if the request asks for a WebSocket of any version. */
    static boolean isUpgrade(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_1_1
                && request.headers().contains("Upgrade", "websocket", true)
                && request.headers().contains("Connection", "upgrade", true)
                && request.getHeader("Sec-WebSocket-Key") != null;
    }

    private void admit(HttpServerRequest request, Handshake.Verdict.Admit admit) {
        GuardedConnection connection = GuardedConnection.of(request.connection());
        if (!admission.enter(handshake.address(request), connection)) {
            refuse(request, Disconnect.TOO_MANY_CONNECTIONS);
            return;
        }
        upgrade(request, socket -> {
            connection.admit();
            open(socket, admit, connection);
        });
    }

    private void open(ServerWebSocket socket, Handshake.Verdict.Admit admit, GuardedConnection owner) {
        UserKey user = admit.who().user();
        StreamConnection connection =
                new StreamConnection(context, socket, new StreamConnection.Admitted(admit.who(), admit.request()));
        owner.whenClosed(() -> admission.quit(user, connection));
        Admission.Member oldest = admission.join(user, connection);
        if (oldest != null) {
            oldest.replaced();
        }
        connection.open();
    }

    /** Closes with a code that the client can see; until its end the connection counts as pending. */
    private void refuse(HttpServerRequest request, Disconnect cause) {
        context.metrics().refused(Protocol.HEDDLE_V1, cause);
        GuardedConnection connection = GuardedConnection.of(request.connection());
        upgrade(request, socket -> {
            connection.awaitPeer(context.config().http().closeTimeout());
            socket.close((short) cause.code().code(), cause.code().reason());
        });
    }

    private void upgrade(HttpServerRequest request, Handler<ServerWebSocket> then) {
        // Netty reads the first header of this name only, and a client may send one for each subprotocol; the echoed
        // one is fixed anyway.
        request.headers().set("Sec-WebSocket-Protocol", ServerFrame.PROTOCOL);
        request.toWebSocket().onSuccess(then).onFailure(failure -> log.atDebug().log("A handshake failed"));
    }
}
