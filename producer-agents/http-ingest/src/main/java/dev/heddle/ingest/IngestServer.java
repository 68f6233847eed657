package dev.heddle.ingest;

import dev.heddle.event.Cursor;
import dev.heddle.event.Generation;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import dev.heddle.port.GuardedConnection;
import dev.heddle.port.RequestBody;
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
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public port. It verifies a request's token before it reads the body, whose bytes count for the sender as they
 * come ({@link RequestBody}). A worker reads the body as a batch, and the batch's appender gives the answer.
 */
final class IngestServer {

    private static final Logger log = LoggerFactory.getLogger(IngestServer.class);
    private static final int RETRY_SECONDS = 2;
    private static final int ACCEPT_BACKLOG = 4_096;

    private final Vertx vertx;
    private final IngestConfig config;
    private final SenderAuthorization authorization;
    private final BatchReader reader;
    private final PartitionAppenders appenders;
    private final Generation generation;
    private final BooleanSupplier usable;
    private final IngestMetrics metrics;
    private final RequestBody.Bounds bounds;
    private final RequestBody.Shared shared;

    /**
     * A server that does not listen yet.
     *
     * @param usable true while the log is the one that this process began with, and answers
     */
    IngestServer(
            Vertx vertx,
            IngestConfig config,
            SenderAuthorization authorization,
            BatchReader reader,
            PartitionAppenders appenders,
            Generation generation,
            BooleanSupplier usable,
            IngestMetrics metrics) {
        this.vertx = vertx;
        this.config = config;
        this.authorization = authorization;
        this.reader = reader;
        this.appenders = appenders;
        this.generation = generation;
        this.usable = usable;
        this.metrics = metrics;
        IngestConfig.Limits limits = config.limits();
        this.bounds =
                new RequestBody.Bounds(limits.batchBytes(), config.http().bodyTimeout(), limits.bodyBytesPerSecond());
        this.shared = RequestBody.Shared.of(limits.uploads(), limits.inFlightBytes(), metrics::inFlight);
    }

    /** Starts to listen; the future gives the port. */
    Future<Integer> listen() {
        HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                        .setAcceptBacklog(ACCEPT_BACKLOG)
                        .setHttp2ClearTextEnabled(false)
                        .setCompressionSupported(false)
                        .setDecompressionSupported(false))
                .requestHandler(request -> {
                    if (GuardedConnection.requested(request, config.http().times())) {
                        admit(request);
                    }
                });
        return server.listen(config.http().port(), config.http().host()).map(HttpServer::actualPort);
    }

    private void admit(HttpServerRequest request) {
        String encoded = UserPath.encodedKey(request.path() == null ? "" : request.path());
        if (encoded == null || !request.method().equals(HttpMethod.POST)) {
            Future<Void> unused = request.response()
                    .setStatusCode(encoded == null ? 404 : 405)
                    .putHeader("Connection", "close")
                    .end();
            return;
        }
        UserKey user;
        try {
            user = UserPath.decode(encoded);
        } catch (InvalidEventException e) {
            refuse(request, IngestResponse.Refused.of(IngestResponse.Reason.INVALID, String.valueOf(e.getMessage())));
            return;
        }
        // The body waits until its sender is known.
        request.pause();
        Context loop = vertx.getOrCreateContext();
        authorization.judge(
                request.headers().getAll(HttpHeaders.AUTHORIZATION),
                user,
                GuardedConnection.of(request.connection()).address(),
                verdict -> loop.runOnContext(judged -> admitted(request, user, verdict)));
    }

    private void admitted(HttpServerRequest request, UserKey user, SenderAuthorization.Verdict verdict) {
        if (request.response().closed()) {
            return;
        }
        if (verdict instanceof SenderAuthorization.Verdict.Admit admit) {
            take(request, user, admit.sender());
        } else if (verdict instanceof SenderAuthorization.Verdict.Deny deny) {
            refuse(request, deny.why());
        }
    }

    /** Takes the body of an admitted request, within its sender's bounds and the body's deadline. */
    private void take(HttpServerRequest request, UserKey user, UserKey sender) {
        GuardedConnection.of(request.connection()).admit();
        if (RequestBody.announced(request) > bounds.most()) {
            refuse(request, refused(RequestBody.Fault.TOO_LARGE));
            return;
        }
        if (!usable.getAsBoolean()) {
            refuse(request, IngestResponse.Refused.of(IngestResponse.Reason.UNAVAILABLE, "the log is not there"));
            return;
        }
        RequestBody requestBody = RequestBody.of(vertx, request, sender, bounds, shared);
        if (requestBody == null) {
            refuse(
                    request,
                    IngestResponse.Refused.of(
                            IngestResponse.Reason.BUSY,
                            "this sender has too many batches under way: send this one again later"));
        } else {
            read(request, user, requestBody);
        }
    }

    private void read(HttpServerRequest request, UserKey user, RequestBody requestBody) {
        requestBody.begin(
                body -> append(user, body).onComplete(answer -> {
                    requestBody.close();
                    if (answer.succeeded()) {
                        answer(request, user, answer.result());
                    } else {
                        log.atWarn().setCause(answer.cause()).log("A batch could not be worked on");
                        Future<Void> unused =
                                request.response().setStatusCode(500).end();
                    }
                }),
                fault -> {
                    requestBody.close();
                    refuse(request, refused(fault));
                });
    }

    private IngestResponse.Refused refused(RequestBody.Fault fault) {
        return switch (fault) {
            case TOO_LARGE ->
                IngestResponse.Refused.of(
                        IngestResponse.Reason.TOO_LARGE, "a batch has at most " + bounds.most() + " bytes");
            case BUSY ->
                IngestResponse.Refused.of(
                        IngestResponse.Reason.BUSY,
                        "this sender has too much under way for what there is room for: send the batch again later");
            case TOO_SLOW ->
                IngestResponse.Refused.of(
                        IngestResponse.Reason.TOO_SLOW,
                        "a batch must have come after " + bounds.within().toMillis() + " ms, with at least "
                                + bounds.bytesPerSecond() + " bytes a second");
        };
    }

    private Future<IngestResponse> append(UserKey user, Buffer body) {
        long began = System.nanoTime();
        Context loop = vertx.getOrCreateContext();
        return vertx.executeBlocking(() -> reader.read(user, body.getBytes()), false)
                .compose(read -> read.batch() == null
                        ? Future.succeededFuture((IngestResponse) read.problem())
                        : Future.fromCompletionStage(appenders.append(read.batch()), loop))
                .onSuccess(answer -> metrics.answered(System.nanoTime() - began));
    }

    private void answer(HttpServerRequest request, UserKey user, IngestResponse answer) {
        HttpServerResponse response = request.response();
        if (answer instanceof IngestResponse.Refused refused) {
            refuse(request, refused);
        } else if (answer instanceof IngestResponse.Accepted accepted && !response.closed()) {
            String cursor = Cursor.at(generation, user, accepted.end(), 0).encode();
            Future<Void> unused = json(response)
                    .end(Json.object()
                            .put("accepted", accepted.accepted())
                            .put("cursor", cursor)
                            .toString());
        }
    }

    private static HttpServerResponse json(HttpServerResponse response) {
        return response.putHeader("Content-Type", "application/json").putHeader("Cache-Control", "no-store");
    }

    private void refuse(HttpServerRequest request, IngestResponse.Refused refused) {
        HttpServerResponse response = request.response();
        metrics.refused(refused.reason());
        if (response.ended() || response.closed()) {
            return;
        }
        int status = refused.reason().status();
        if (status == 401) {
            response.putHeader("WWW-Authenticate", "Bearer");
        } else if (status == 429 || status == 503) {
            response.putHeader("Retry-After", String.valueOf(RETRY_SECONDS));
        }
        if (status == 401 || status == 403 || (GuardedConnection.announcesBody(request) && !request.isEnded())) {
            // A refused client gets one answer, and the rest of its body is not waited for.
            response.putHeader("Connection", "close");
        }
        var body = Json.object()
                .put("code", refused.reason().name().toLowerCase(Locale.ROOT))
                .put("message", refused.message());
        if (refused.index() != null) {
            body.put("index", refused.index());
        }
        Future<Void> unused = json(response).setStatusCode(status).end(body.toString());
    }
}
