package dev.heddle.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopbackOnlyTest {
    private static final int PLAIN = 8080;
    private static final int TLS = 8443;
    private static final long LIMIT_SECONDS = 20;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = vertx.createHttpClient();

    @AfterEach
    void close() throws Exception {
        Void unused = vertx.close().toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void behindABalancerThePagesOfBothItsPortsGetInAndNobodyElse() throws Exception {
        int port = listening(new LoopbackOnly(Set.of(PLAIN, TLS)));

        assertEquals(200, status(port, HostAndPort.create("127.0.0.1", PLAIN), "http://127.0.0.1:8080"));
        assertEquals(200, status(port, HostAndPort.create("localhost", TLS), "https://localhost:8443"));
        assertEquals(200, status(port, HostAndPort.create("localhost", TLS), null));
        assertEquals(403, status(port, HostAndPort.create("localhost", TLS), "https://localhost:8080"));
        assertEquals(403, status(port, HostAndPort.create("localhost", TLS), "https://elsewhere.example:8443"));
        assertEquals(403, status(port, HostAndPort.create("elsewhere.example", TLS), null));
        assertEquals(403, status(port, HostAndPort.create("127.0.0.1", port), null));
    }

    @Test
    void withoutABalancerOnlyTheOwnPortIsOne() throws Exception {
        int port = listening(new LoopbackOnly());

        assertEquals(200, status(port, HostAndPort.create("127.0.0.1", port), "http://127.0.0.1:" + port));
        assertEquals(403, status(port, HostAndPort.create("127.0.0.1", PLAIN), null));
    }

    private int listening(LoopbackOnly door) throws Exception {
        Router router = Router.router(vertx);
        router.route().handler(door).handler(context -> context.response().end());
        HttpServer server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        return server.actualPort();
    }

    private int status(int port, HostAndPort named, @Nullable String origin) throws Exception {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI("/");
        return client.request(options)
                .compose(request -> {
                    request.authority(named);
                    if (origin != null) {
                        request.putHeader("Origin", origin);
                    }
                    return request.send();
                })
                .map(HttpClientResponse::statusCode)
                .toCompletionStage()
                .toCompletableFuture()
                .get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
}
