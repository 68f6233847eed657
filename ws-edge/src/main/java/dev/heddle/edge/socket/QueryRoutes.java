package dev.heddle.edge.socket;

import dev.heddle.auth.TokenVerdict.Verified;
import dev.heddle.edge.hub.Hub;
import dev.heddle.edge.protocol.Query;
import dev.heddle.edge.protocol.ServerFrames;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;

/**
 * What may be asked beside the socket: {@code GET /v1/partition} and {@code GET /v1/agents}, each with a user's token.
 */
final class QueryRoutes {

    private final Loop loop;
    private final Handshake handshake;

    QueryRoutes(Loop loop, Handshake handshake) {
        this.loop = loop;
        this.handshake = handshake;
    }

    void mount(Router router) {
        router.get("/v1/partition").handler(context -> answer(context, this::partition));
        router.get("/v1/agents")
                .handler(context ->
                        answer(context, who -> AgentsFeed.all(loop.agents().view())));
    }

    private byte[] partition(Verified who) {
        Hub hub = loop.services().hub();
        return ServerFrames.partition(
                hub.partitionOf(who.user()), hub.generation().partitions());
    }

    private void answer(RoutingContext context, Function<Verified, byte[]> body) {
        HttpServerRequest request = context.request();
        handshake.identify(request, Query.of(request.query()), Offer.of(request.headers()), identity -> {
            if (identity instanceof Handshake.Identity.Known known) {
                HttpAnswer.json(request.response(), body.apply(known.who()));
            } else if (identity instanceof Handshake.Identity.Unknown unknown) {
                HttpAnswer.refuse(request.response(), unknown.cause());
            }
        });
    }
}
