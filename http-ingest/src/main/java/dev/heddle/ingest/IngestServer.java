package dev.heddle.ingest;

import dev.heddle.event.Cursor;
import dev.heddle.event.Generation;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The public port. A request's token is judged, and room is made for its body, before the body is read; the body is read into a
 * batch on a worker; the answer comes from the batch's lane.
 */
final class IngestServer {

    private static final int RETRY_SECONDS = 2;
    private static final int IDLE_SECONDS = 60;
    private static final String USER = "user";

    private final Vertx vertx;
    private final IngestConfig config;
    private final Services services;

    /**
     * What answers are made of.
     *
     * @param usable whether the log is the one that this process began with, and answers
     */
    record Services(
            Gatekeeper gatekeeper,
            BatchReader reader,
            Lanes lanes,
            Generation generation,
            BooleanSupplier usable,
            IngestMetrics metrics) {}

    IngestServer(Vertx vertx, IngestConfig config, Services services) {
        this.vertx = vertx;
        this.config = config;
        this.services = services;
    }

    /** Starts to listen; the future gives the port. */
    Future<Integer> listen() {
        Router router = Router.router(vertx);
        router.route().handler(this::admit);
        router.route()
                .handler(BodyHandler.create(false).setBodyLimit(config.limits().batchBytes()));
        router.route().handler(this::take);
        router.route().failureHandler(this::fail);
        HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                        .setIdleTimeout(IDLE_SECONDS)
                        .setIdleTimeoutUnit(TimeUnit.SECONDS)
                        .setHttp2ClearTextEnabled(false)
                        .setDecompressionSupported(false))
                .requestHandler(router);
        return server.listen(config.http().port(), config.http().host()).map(HttpServer::actualPort);
    }

    private void admit(RoutingContext context) {
        HttpServerRequest request = context.request();
        String encoded = UserPath.encodedKey(request.path() == null ? "" : request.path());
        if (encoded == null || !request.method().equals(HttpMethod.POST)) {
            request.response().setStatusCode(encoded == null ? 404 : 405).end();
            return;
        }
        UserKey user;
        try {
            user = UserPath.decode(encoded);
        } catch (InvalidEventException e) {
            answer(context, Answer.Refused.of(Answer.Reason.INVALID, String.valueOf(e.getMessage())));
            return;
        }
        // What follows the head waits until it is known whose it is.
        request.pause();
        Context loop = vertx.getOrCreateContext();
        services.gatekeeper()
                .judge(
                        request.headers().getAll(HttpHeaders.AUTHORIZATION),
                        user,
                        refused -> loop.runOnContext(judged -> {
                            request.resume();
                            admitted(context, user, refused);
                        }));
    }

    private void admitted(RoutingContext context, UserKey user, Answer.@Nullable Refused byToken) {
        Answer.Refused refused = byToken == null ? refuseSize(context) : byToken;
        if (refused != null) {
            answer(context, refused);
            return;
        }
        context.put(USER, user);
        context.next();
    }

    /** Room for the body is taken before it comes: for one of unknown length, as much as a body can need. */
    private Answer.@Nullable Refused refuseSize(RoutingContext context) {
        int most = config.limits().batchBytes();
        long length = length(context.request().getHeader(HttpHeaders.CONTENT_LENGTH), most);
        if (length > most) {
            return Answer.Refused.of(Answer.Reason.TOO_LARGE, "a batch has at most " + most + " bytes");
        }
        int room = (int) length;
        if (!services.metrics().admit(room, config.limits().inFlightBytes())) {
            return Answer.Refused.of(Answer.Reason.BUSY, "too much is being worked on: send the batch again later");
        }
        context.addEndHandler(done -> services.metrics().release(room));
        return null;
    }

    private static long length(@Nullable String header, int unknown) {
        if (header == null) {
            return unknown;
        }
        try {
            return Math.max(0, Long.parseLong(header));
        } catch (NumberFormatException e) {
            return unknown;
        }
    }

    private void take(RoutingContext context) {
        long began = System.nanoTime();
        Buffer body = context.body().buffer();
        UserKey user = context.get(USER);
        if (!services.usable().getAsBoolean()) {
            answer(context, Answer.Refused.of(Answer.Reason.UNAVAILABLE, "the log is not there"));
            return;
        }
        vertx.executeBlocking(() -> services.reader().read(user, body == null ? new byte[0] : body.getBytes()), false)
                .compose(read -> read.batch() == null
                        ? Future.succeededFuture((Answer) read.problem())
                        : Future.fromCompletionStage(services.lanes().append(read.batch()), vertx.getOrCreateContext()))
                .onSuccess(answer -> {
                    services.metrics().answered(System.nanoTime() - began);
                    answer(context, answer);
                })
                .onFailure(context::fail);
    }

    private void fail(RoutingContext context) {
        if (context.response().ended()) {
            return;
        }
        if (context.statusCode() == 413) {
            answer(
                    context,
                    Answer.Refused.of(
                            Answer.Reason.TOO_LARGE,
                            "a batch has at most " + config.limits().batchBytes() + " bytes"));
        } else {
            context.response()
                    .setStatusCode(context.statusCode() < 400 ? 500 : context.statusCode())
                    .end();
        }
    }

    private void answer(RoutingContext context, @Nullable Answer answer) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.putHeader("Content-Type", "application/json").putHeader("Cache-Control", "no-store");
        if (answer instanceof Answer.Accepted accepted) {
            UserKey user = context.get(USER);
            String cursor =
                    Cursor.at(services.generation(), user, accepted.end(), 0).encode();
            response.end(Json.object()
                    .put("accepted", accepted.accepted())
                    .put("cursor", cursor)
                    .toString());
        } else if (answer instanceof Answer.Refused refused) {
            refuse(response, refused);
        }
    }

    private void refuse(HttpServerResponse response, Answer.Refused refused) {
        services.metrics().refused(refused.reason());
        int status = refused.reason().status();
        if (status == 401) {
            response.putHeader("WWW-Authenticate", "Bearer");
        } else if (status == 429 || status == 503) {
            response.putHeader("Retry-After", String.valueOf(RETRY_SECONDS));
        }
        if (status == 413 || status == 429) {
            // The body has not been read.
            response.putHeader("Connection", "close");
        }
        var json = Json.object()
                .put("code", refused.reason().name().toLowerCase(Locale.ROOT))
                .put("message", refused.message());
        if (refused.index() != null) {
            json.put("index", refused.index());
        }
        response.setStatusCode(status).end(json.toString());
    }
}
