package dev.heddle.edge.socket;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A WebSocket client on the JDK's own implementation, read frame by frame. */
public final class TestClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();
    private @Nullable WebSocket socket;

    private TestClient() {}

    /** Connects as a browser does, with the token as a second subprotocol. */
    public static TestClient connect(int port, String query, String token) {
        TestClient client = new TestClient();
        client.open(port, query, token);
        return client;
    }

    private void open(int port, String query, String token) {
        try {
            socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .subprotocols("heddle.v1", "bearer." + token)
                    .buildAsync(URI.create("ws://127.0.0.1:" + port + "/v1/stream" + query), new Receiver())
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("cannot connect", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private final class Receiver implements WebSocket.Listener {
        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                frames.add(partial.toString());
                partial.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(code);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            closed.completeExceptionally(error);
        }
    }

    private WebSocket socket() {
        WebSocket open = socket;
        if (open == null) {
            throw new IllegalStateException("not connected");
        }
        return open;
    }

    public String subprotocol() {
        return socket().getSubprotocol();
    }

    public void send(String text) {
        socket().sendText(text, true).join();
    }

    /** Sends to an edge that may have closed already because of what came before; the close code tells. */
    public void sendToTheLast(String text) {
        try {
            send(text);
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof IOException)) {
                throw e;
            }
        }
    }

    /** The next frame as it came. */
    public String nextText() {
        try {
            String frame = frames.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("no frame came; closed: " + closed);
            }
            return frame;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    public ObjectNode next() {
        return Json.parseObject(nextText());
    }

    /** The next frame of this type; others before it are passed over. */
    public ObjectNode next(String type) {
        ObjectNode frame = next();
        while (!frame.path("type").asText().equals(type)) {
            frame = next();
        }
        return frame;
    }

    /** Completes with the code that the edge closes with, when it does. */
    public CompletableFuture<Integer> closed() {
        return closed;
    }

    /** The code that the edge closed with. */
    public int closeCode() {
        return closeCode(PATIENCE);
    }

    /** The code that the edge closed with, for which the test has more patience than usual. */
    public int closeCode(Duration patience) {
        try {
            return closed.get(patience.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("not closed; frames left: " + frames, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Waits for the first sign: true if it is a close, false if it is a frame. */
    boolean isRefused() {
        return await("a frame or a close")
                .atMost(PATIENCE)
                .until(
                        () -> closed.isDone() ? Boolean.TRUE : frames.isEmpty() ? null : Boolean.FALSE,
                        Objects::nonNull);
    }

    /** Whether any frame has come that was not read yet. */
    public boolean hasFrames() {
        return !frames.isEmpty();
    }

    @Override
    public void close() {
        socket().abort();
    }
}
