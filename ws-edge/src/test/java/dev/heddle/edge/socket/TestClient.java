package dev.heddle.edge.socket;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.client.Disconnection;
import dev.heddle.client.FrameQueue;
import dev.heddle.client.HeddleConnection;
import dev.heddle.client.HeddleEndpoint;
import dev.heddle.client.StreamQuery;
import dev.heddle.event.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A client of {@code heddle.v1} whose frames a test takes one by one. */
public final class TestClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final FrameQueue frames = new FrameQueue();
    private final HeddleConnection connection;

    private TestClient(int port, StreamQuery query, String token) {
        URI edge = URI.create("http://127.0.0.1:" + port);
        connection = HeddleEndpoint.at(edge)
                .through(HTTP)
                .within(PATIENCE)
                .sending(HeddleEndpoint.TokenTransport.SUBPROTOCOL)
                .connect(query, token, frames)
                .join();
    }

    /** Connects as a browser does, with the token as a second subprotocol. */
    public static TestClient connect(int port, String query, String token) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String each : query.replaceFirst("^\\?", "").split("&", -1)) {
            String[] pair = each.split("=", 2);
            if (pair.length == 2) {
                parameters.put(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
            }
        }
        return new TestClient(port, new StreamQuery(parameters), token);
    }

    public String subprotocol() {
        return connection.subprotocol();
    }

    public void send(String text) {
        connection.send(text).join();
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
            String frame = frames.nextText(PATIENCE);
            if (frame == null) {
                throw new AssertionError("no frame came; closed: " + frames.closed());
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

    /** The code that the edge closes with, when it has; 1006 if the connection broke. */
    public CompletableFuture<Integer> closed() {
        return frames.closed().thenApply(Disconnection::code);
    }

    /** The code that the edge closed with. */
    public int closeCode() {
        return closeCode(PATIENCE);
    }

    /** The code that the edge closed with, for which the test has more patience than usual. */
    public int closeCode(Duration patience) {
        try {
            return closed().get(patience.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("not closed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Waits for the first sign: true if it is a close, false if it is a frame. */
    boolean isRefused() {
        await("a frame or a close").atMost(PATIENCE).until(() -> closed().isDone() || frames.hasNext());
        return closed().isDone();
    }

    /** True if a frame has come that was not taken yet. */
    public boolean hasFrames() {
        return frames.hasNext();
    }

    @Override
    public void close() {
        connection.abort();
    }
}
