package dev.heddle.edge.socket;

import dev.heddle.edge.protocol.Disconnect;
import dev.heddle.edge.protocol.ServerFrame;
import dev.heddle.event.UserKey;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /v1/stream}: from the request to a connection, or to a refusal that its sender can see. One that does not offer {@code heddle.v1} gets an HTTP status; one that
 * does is upgraded and closed at once with a code, because a browser cannot see a status.
 */
final class StreamRoute implements Handler<HttpServerRequest> {

    private static final Logger log = LoggerFactory.getLogger(StreamRoute.class);
    /** The path; not a route of the router, whose requests give wrapped WebSockets without a way to the channel below. */
    static final String PATH = "/v1/stream";

    private static final String VERSION = "13";

    private final Loop loop;
    private final SocketConfig config;
    private final Handshake handshake;
    private final Admission admission;
    private final WaitingSockets waiting;

    StreamRoute(Loop loop, SocketConfig config, Handshake handshake, WaitingSockets waiting) {
        this.loop = loop;
        this.config = config;
        this.handshake = handshake;
        this.waiting = waiting;
        this.admission = waiting.admission();
    }

    @Override
    public void handle(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.GET)) {
            request.response().setStatusCode(405).end();
            return;
        }
        Offer offer = Offer.of(request.headers());
        // Whatever follows the head waits until it is known what it is.
        request.pause();
        handshake.judge(request, offer, verdict -> answer(request, offer, verdict));
    }

    private void answer(HttpServerRequest request, Offer offer, Handshake.Verdict verdict) {
        if (!offer.hasProtocol() || !isUpgrade(request)) {
            Disconnect cause = verdict instanceof Handshake.Verdict.Deny deny ? deny.cause() : Disconnect.BAD_PARAMETER;
            loop.metrics().refused(cause);
            request.resume();
            HttpAnswer.refuse(request.response(), cause);
        } else if (!VERSION.equals(request.getHeader("Sec-WebSocket-Version"))) {
            // Netty would go on with the drafts of old, whose framing has other rules.
            request.resume();
            request.response()
                    .putHeader("Sec-WebSocket-Version", VERSION)
                    .setStatusCode(426)
                    .end();
        } else if (verdict instanceof Handshake.Verdict.Admit admit) {
            admit(request, admit);
        } else if (verdict instanceof Handshake.Verdict.Deny deny) {
            refuse(request, deny.cause());
        }
    }

    private static boolean isUpgrade(HttpServerRequest request) {
        return request.headers().contains("Upgrade", "websocket", true)
                && request.getHeader("Sec-WebSocket-Key") != null;
    }

    private void admit(HttpServerRequest request, Handshake.Verdict.Admit admit) {
        String address = handshake.address(request);
        if (!admission.enter(address)) {
            refuse(request, Disconnect.TOO_MANY_CONNECTIONS);
            return;
        }
        UserKey user = admit.who().user();
        upgrade(
                request,
                socket -> {
                    StreamConnection connection = new StreamConnection(
                            loop,
                            config,
                            socket,
                            new StreamConnection.Admitted(admit.who(), admit.request(), admission, gone -> {
                                admission.leave(address);
                                admission.quit(user, gone);
                            }));
                    Admission.Member oldest = admission.join(user, connection);
                    if (oldest != null) {
                        oldest.replaced();
                    }
                    connection.open();
                },
                () -> admission.leave(address));
    }

    private void refuse(HttpServerRequest request, Disconnect cause) {
        loop.metrics().refused(cause);
        upgrade(
                request,
                socket -> socket.close((short) cause.code().code(), cause.code().reason()),
                () -> {});
    }

    private void upgrade(HttpServerRequest request, Handler<ServerWebSocket> then, Runnable otherwise) {
        // Netty reads the first header of this name only, and a client may send one for each subprotocol; what we echo
        // is decided anyway.
        request.headers().set("Sec-WebSocket-Protocol", ServerFrame.PROTOCOL);
        request.toWebSocket()
                .onComplete(
                        socket -> {
                            waiting.upgraded(request.connection());
                            then.handle(socket);
                        },
                        failure -> {
                            log.atDebug().log("A handshake failed");
                            otherwise.run();
                        });
    }
}
