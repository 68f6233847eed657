package dev.heddle.edge.rehearsal;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The clients of a rehearsal: they connect, count the events that they get, and leave. Called by the rehearsal's
 * thread; events are counted on event loops.
 */
final class RehearsalClients {
    private static final byte[] EVENT = "\"eventId\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CAUGHT_UP = "\"caughtUp\"".getBytes(StandardCharsets.US_ASCII);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final WebSocketClient client;
    private final SyntheticUsers users;
    private final int port;
    private final Semaphore received = new Semaphore(0);
    private final Semaphore begun = new Semaphore(0);

    RehearsalClients(Vertx vertx, SyntheticUsers users, int port) {
        this.client = vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(4 * users.count()));
        this.users = users;
        this.port = port;
    }

    /** Connects every user, and waits until each has reached the end of the log. */
    List<WebSocket> come(String query) throws Exception {
        List<CompletableFuture<WebSocket>> coming = new ArrayList<>();
        for (int user = 0; user < users.count(); user++) {
            WebSocketConnectOptions options = new WebSocketConnectOptions()
                    .setHost("127.0.0.1")
                    .setPort(port)
                    .setURI("/v1/stream?" + query)
                    .addSubProtocol("heddle.v1")
                    .addHeader("Authorization", "Bearer " + users.token(user));
            coming.add(client.connect(options)
                    .onSuccess(socket -> socket.handler(this::count))
                    .toCompletionStage()
                    .toCompletableFuture());
        }
        List<WebSocket> sockets = new ArrayList<>();
        for (CompletableFuture<WebSocket> each : coming) {
            sockets.add(each.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        }
        await(begun, users.count());
        return sockets;
    }

    private void count(Buffer frame) {
        byte[] bytes = frame.getBytes();
        received.release(times(EVENT, bytes));
        begun.release(times(CAUGHT_UP, bytes));
    }

    private static int times(byte[] word, byte[] in) {
        int times = 0;
        for (int i = 0; i <= in.length - word.length; i++) {
            if (Arrays.equals(in, i, i + word.length, word, 0, word.length)) {
                times++;
            }
        }
        return times;
    }

    /** Waits until this many more events have come to all clients together. */
    void awaitEvents(int events) throws InterruptedException, TimeoutException {
        await(received, events);
    }

    private static void await(Semaphore many, int count) throws InterruptedException, TimeoutException {
        if (!many.tryAcquire(count, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new TimeoutException("of " + count + " there came " + many.availablePermits());
        }
    }

    static void leave(List<WebSocket> sockets) {
        sockets.forEach(WebSocket::close);
    }
}
