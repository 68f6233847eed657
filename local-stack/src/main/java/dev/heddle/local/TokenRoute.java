package dev.heddle.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import dev.heddle.token.TokenSigner;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /dev/tokens}: the route that issues a token of any user. Only development stacks have it.
 *
 * <p>It requires {@code application/json} because a page of another origin cannot send that without a CORS preflight.
 * Called on the edge's event loops.
 */
final class TokenRoute {
    private static final String PATH = "/dev/tokens";
    private static final String JSON = "application/json";
    private static final Duration TTL = Duration.ofHours(1);
    private static final long MAX_BODY = 4096;

    private final TokenSigner keys;
    private final int partitions;
    private final LoopbackOnly door;

    TokenRoute(TokenSigner keys, int partitions, LoopbackOnly door) {
        this.keys = keys;
        this.partitions = partitions;
        this.door = door;
    }

    void mount(Router router) {
        // A route each, because the router wants what reads a body before everything else on a route.
        router.post(PATH).handler(door);
        router.post(PATH).handler(BodyHandler.create(false).setBodyLimit(MAX_BODY));
        router.post(PATH).handler(this::issue);
    }

    private void issue(RoutingContext context) {
        if (!isJson(context.request().getHeader("Content-Type"))) {
            answer(context, 415, Json.mapper().createObjectNode().put("error", "Content-Type must be " + JSON));
            return;
        }
        try {
            UserKey user = user(context);
            answer(
                    context,
                    200,
                    Json.mapper()
                            .createObjectNode()
                            .put("token", keys.issue(user.value(), TTL, TokenSigner.Terms.ofScope(null)))
                            .put("partition", Partitioning.partitionOf(user, partitions)));
        } catch (InvalidEventException e) {
            answer(context, 400, Json.mapper().createObjectNode().put("error", e.getMessage()));
        }
    }

    private static UserKey user(RoutingContext context) {
        Buffer body = context.body().buffer();
        JsonNode user =
                Json.parseObject(body == null ? new byte[0] : body.getBytes()).get("user");
        if (user == null || !user.isTextual()) {
            throw new InvalidEventException("user must be a string");
        }
        return UserKey.of(user.textValue());
    }

    private static boolean isJson(@Nullable String contentType) {
        return contentType != null
                && contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(JSON);
    }

    private static void answer(RoutingContext context, int status, ObjectNode body) {
        context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", JSON)
                .putHeader("Cache-Control", "no-store")
                .end(body.toString());
    }
}
