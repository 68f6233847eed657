package dev.heddle.edge.socket;

import dev.heddle.edge.protocol.Disconnect;
import dev.heddle.edge.protocol.Protocol;
import dev.heddle.edge.protocol.Query;
import dev.heddle.edge.protocol.Upstream;
import dev.heddle.port.GuardedConnection;
import dev.heddle.port.RequestBody;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way of frontends' requests into an edge, for one event loop: it identifies the sender and makes the request an
 * {@link Exchange}. A frontend adds its routes and its {@link AnswerBody}; token, limits, commands and delivery are the
 * same as for WebSockets.
 */
public final class FrontDoor {

    /** The least rate of a body, in bytes a second. */
    private static final int LEAST_RATE = 1_000;

    private final Vertx vertx;
    private final ConnectionContext context;
    private final Handshake handshake;
    private final RequestBody.Shared bodies;

    FrontDoor(Vertx vertx, ConnectionContext context, Handshake handshake, RequestBody.Shared bodies) {
        this.vertx = vertx;
        this.context = context;
        this.handshake = handshake;
        this.bodies = bodies;
    }

    /** The bounds on bodies that all event loops of an edge share. */
    static RequestBody.Shared bodies(LimitsConfig limits) {
        return RequestBody.Shared.of(limits.unauthenticated(), limits.bodyBytes(), bytes -> {});
    }

    /**
     * Identifies the sender of a request by the token in {@code Authorization}. A refused request is answered here; on
     * a draining edge it gets no answer, because some clients take any status for final.
     *
     * @param then given the exchange, on this loop, once the sender is known
     */
    public void open(HttpServerRequest request, Protocol protocol, Consumer<Exchange> then) {
        if (context.services().operations().readiness().isDraining()) {
            context.metrics().refused(protocol, Disconnect.DRAINING);
            GuardedConnection.of(request.connection()).cut();
            return;
        }
        // A body waits until its sender is known.
        request.pause();
        Query query = Query.of(request.query());
        handshake.identify(request, query, OfferedSubprotocols.ofAuthorization(request.headers()), identity -> {
            if (identity instanceof Handshake.Identity.Unknown unknown) {
                context.metrics().refused(protocol, unknown.cause());
                HttpAnswer.refuse(request, Refusal.of(unknown.cause()));
            } else if (identity instanceof Handshake.Identity.Known known
                    && !request.response().closed()) {
                Exchange exchange = new Exchange(context, protocol, request, query, known.who());
                if (context.services().delivery().upstream().get() != Upstream.OK) {
                    exchange.refuseAsAway();
                } else {
                    exchange.answerInTime();
                    exchange.guarded(() -> then.accept(exchange));
                }
            }
        });
    }

    /**
     * Reads the JSON body of a request. It is refused if it is too large or too slow, no JSON by its type, or encoded.
     *
     * @param then given the bytes, at most {@code limits.maxBodyBytes}
     */
    public void body(Exchange exchange, Consumer<byte[]> then) {
        HttpServerRequest request = exchange.request();
        LimitsConfig limits = context.config().limits();
        Refusal unread = unread(request, limits.maxBodyBytes());
        if (unread != null) {
            exchange.refuse(unread);
            return;
        }
        RequestBody body = RequestBody.of(
                vertx,
                request,
                exchange.user(),
                new RequestBody.Bounds(
                        limits.maxBodyBytes(), context.config().http().requestTimeout(), LEAST_RATE),
                bodies);
        if (body == null) {
            exchange.refuse(new Refusal(429, "rate_limited", "too many requests of this user are under way"));
            return;
        }
        exchange.readsBody(body::close);
        body.begin(
                whole -> exchange.guarded(() -> {
                    exchange.hasBody();
                    then.accept(whole.getBytes());
                }),
                fault -> exchange.refuse(
                        switch (fault) {
                            case TOO_LARGE -> tooLarge(limits.maxBodyBytes());
                            case BUSY -> new Refusal(429, "rate_limited", "too many bytes of this user are under way");
                            case TOO_SLOW -> Exchange.TOO_SLOW;
                        }));
    }

    private static @Nullable Refusal unread(HttpServerRequest request, int most) {
        String encoding = request.getHeader("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            return new Refusal(415, "unsupported_media_type", "a body has no Content-Encoding");
        }
        String type = request.getHeader("Content-Type");
        if (type == null || !isJson(type)) {
            return new Refusal(415, "unsupported_media_type", "Content-Type must be application/json");
        }
        return RequestBody.announced(request) > most ? tooLarge(most) : null;
    }

    private static boolean isJson(String type) {
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).trim().equalsIgnoreCase("application/json");
    }

    private static Refusal tooLarge(int most) {
        return new Refusal(413, "too_large", "a body has at most " + most + " bytes");
    }
}
