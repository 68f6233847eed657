package dev.heddle.edge.socket;

import dev.heddle.edge.protocol.CloseCode;
import dev.heddle.edge.protocol.Disconnect;
import dev.heddle.event.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;

/** The plain HTTP answers. */
final class HttpAnswer {

    private static final int RETRY_SECONDS = 2;

    private HttpAnswer() {}

    /** A bare status, after which the connection ends. */
    static void status(HttpServerResponse response, int status) {
        response.setStatusCode(status).putHeader("Connection", "close").end();
    }

    /**
     * The HTTP status of a cause, with the headers that the client needs to try again. The connection ends with it: a
     * refused client gets one answer.
     */
    static void refuse(HttpServerResponse response, Disconnect cause) {
        CloseCode code = cause.code();
        int status = code.httpStatus();
        if (status == 401) {
            response.putHeader("WWW-Authenticate", "Bearer");
        } else if (status == 429 || status == 503) {
            response.putHeader("Retry-After", String.valueOf(RETRY_SECONDS));
        }
        response.setStatusCode(status)
                .putHeader("Content-Type", "text/plain; charset=utf-8")
                .putHeader("Cache-Control", "no-store")
                .putHeader("Connection", "close")
                .end(code.reason() + "\n");
    }

    /** A refusal as JSON; the connection ends with it. Nothing happens if the request has been answered. */
    static void refuse(HttpServerRequest request, Refusal refusal) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        if (refusal.status() == 401) {
            response.putHeader("WWW-Authenticate", "Bearer");
        } else if (refusal.status() == 429 || refusal.status() == 503) {
            response.putHeader("Retry-After", String.valueOf(RETRY_SECONDS));
        }
        response.setStatusCode(refusal.status()).putHeader("Connection", "close");
        json(
                response,
                Json.object()
                        .put("code", refusal.code())
                        .put("message", refusal.message())
                        .toString()
                        .getBytes(StandardCharsets.UTF_8));
    }

    /** A JSON body that no cache may keep. */
    static void json(HttpServerResponse response, byte[] body) {
        response.putHeader("Content-Type", "application/json")
                .putHeader("Cache-Control", "no-store")
                .end(Buffer.buffer(body));
    }
}
