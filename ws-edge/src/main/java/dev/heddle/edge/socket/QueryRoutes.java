package dev.heddle.edge.socket;

import dev.heddle.auth.TokenVerdict.Verified;
import dev.heddle.edge.hub.Hub;
import dev.heddle.edge.protocol.Query;
import dev.heddle.edge.protocol.ServerFrames;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;

/** The routes {@code GET /v1/partition} and {@code GET /v1/agents}, each for a request with a user's token. */
final class QueryRoutes {

    private final ConnectionContext context;
    private final Handshake handshake;

    QueryRoutes(ConnectionContext context, Handshake handshake) {
        this.context = context;
        this.handshake = handshake;
    }

    void mount(Router router) {
        router.get("/v1/partition").handler(asked -> answer(asked, this::partition));
        router.get("/v1/agents")
                .handler(asked ->
                        answer(asked, who -> AgentsFeed.all(context.agents().view())));
    }

    private byte[] partition(Verified who) {
        Hub hub = context.services().hub();
        return ServerFrames.partition(
                hub.partitionOf(who.user()), hub.generation().partitions());
    }

    private void answer(RoutingContext asked, Function<Verified, byte[]> body) {
        HttpServerRequest request = asked.request();
        handshake.identify(request, Query.of(request.query()), OfferedSubprotocols.of(request.headers()), identity -> {
            if (identity instanceof Handshake.Identity.Known known) {
                HttpAnswer.json(request.response(), body.apply(known.who()));
            } else if (identity instanceof Handshake.Identity.Unknown unknown) {
                HttpAnswer.refuse(request.response(), unknown.cause());
            }
        });
    }
}
