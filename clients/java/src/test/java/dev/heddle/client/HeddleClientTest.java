package dev.heddle.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client against a server whose frames the test writes. */
class HeddleClientTest {
    private static final long SECONDS = 10;
    private static final String EVENTS = """
            {"type":"events","cursor":"c2","events":[{"eventId":"e","threadId":"t","runId":"r","runSeq":0,\
            "event":{"type":"RUN_STARTED"}}]}""";

    private final Vertx vertx = Vertx.vertx();
    private final BlockingQueue<ServerWebSocket> sockets = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<StreamFrame> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<Disconnection> ended = new CompletableFuture<>();
    private final AtomicInteger tokens = new AtomicInteger();
    private HeddleEndpoint endpoint = HeddleEndpoint.at(URI.create("http://127.0.0.1:1"));

    private final class Recorder implements HeddleListener {
        @Override
        public void onHello(StreamFrame.Hello hello) {
            frames.add(hello);
        }

        @Override
        public void onEvents(StreamFrame.Events events) {
            if (events.json().path("cursor").asText().equals("broken")) {
                throw new IllegalStateException("the application failed");
            }
            frames.add(events);
        }

        @Override
        public void onEnded(Disconnection end) {
            ended.complete(end);
        }
    }

    @BeforeEach
    void start() throws Exception {
        HttpServer server = vertx.createHttpServer(new HttpServerOptions().addWebSocketSubProtocol("heddle.v1"))
                .webSocketHandler(socket -> {
                    socket.textMessageHandler(received::add);
                    sockets.add(socket);
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(SECONDS, TimeUnit.SECONDS);
        endpoint = HeddleEndpoint.at(URI.create("http://127.0.0.1:" + server.actualPort()));
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    }

    private HeddleClient client() {
        return new HeddleClient(endpoint, () -> "token-" + tokens.incrementAndGet(), new Recorder());
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T taken = queue.poll(SECONDS, TimeUnit.SECONDS);
        assertNotNull(taken);
        return Objects.requireNonNull(taken);
    }

    private ServerWebSocket greeted(String cursor, String more) throws InterruptedException {
        ServerWebSocket socket = next(sockets);
        socket.writeTextMessage("{\"type\":\"hello\",\"resume\":\"fresh\",\"heartbeatSeconds\":25,\"cursor\":\""
                + cursor + "\"" + more + "}");
        assertTrue(next(frames) instanceof StreamFrame.Hello);
        return socket;
    }

    @Test
    void afterACutItComesBackWithTheCursorOfTheNewestFrame() throws Exception {
        try (HeddleClient client = client()) {
            client.connect(StreamQuery.from("earliest").thread("a thread"));
            ServerWebSocket first = greeted("c1", "");
            assertEquals("from=earliest&thread=a+thread", first.query());
            assertEquals("Bearer token-1", first.headers().get("Authorization"));
            first.writeTextMessage(EVENTS);
            StreamFrame.Events events = (StreamFrame.Events) next(frames);
            assertEquals("RUN_STARTED", events.events().get(0).type());
            first.close((short) 4500, "internal");

            ServerWebSocket second = greeted("c2", "");

            assertEquals("thread=a+thread&cursor=c2", second.query());
            assertEquals("Bearer token-2", second.headers().get("Authorization"));
            assertEquals("c2", client.cursor());
        }
        assertEquals(1000, ended.get(SECONDS, TimeUnit.SECONDS).code());
    }

    @Test
    void aFinalCloseCodeEndsIt() throws Exception {
        try (HeddleClient client = client()) {
            client.connect(StreamQuery.after(null));
            CompletableFuture<StreamFrame.Accepted> answer = client.send(Command.cancel("t", "r"));
            greeted("c1", "").close((short) 4409, "too many");

            assertEquals(4409, ended.get(SECONDS, TimeUnit.SECONDS).code());
            assertThrows(CompletionException.class, answer::join);
            assertNull(sockets.poll(1, TimeUnit.SECONDS));
        }
    }

    @Test
    void aCommandIsSentAgainUntilItIsAnswered() throws Exception {
        try (HeddleClient client = client()) {
            client.connect(StreamQuery.after("c0"));
            CompletableFuture<StreamFrame.Accepted> answer =
                    client.send(Command.cancel("t", "r").id("one"));
            ServerWebSocket first = greeted("c1", "");
            String sent = next(received);
            first.writeTextMessage("{\"type\":\"goodbye\",\"code\":4001,\"retryAfterMs\":1,\"cursor\":\"c1\"}");
            first.close((short) 4001, "draining");

            ServerWebSocket second = greeted("c1", "");
            assertEquals(sent, next(received));
            second.writeTextMessage("{\"type\":\"accepted\",\"id\":\"one\",\"runId\":\"r\"}");

            assertEquals("r", answer.get(SECONDS, TimeUnit.SECONDS).runId());
            CompletableFuture<StreamFrame.Accepted> refused =
                    client.send(Command.cancel("t", "r").id("two"));
            next(received);
            second.writeTextMessage(
                    "{\"type\":\"rejected\",\"id\":\"two\",\"code\":\"forbidden\",\"message\":\"no\",\"retryable\":false}");
            CompletionException rejected = assertThrows(CompletionException.class, refused::join);
            assertEquals(
                    "forbidden: no", Objects.requireNonNull(rejected.getCause()).getMessage());
        }
    }

    @Test
    void aTokenIsRenewedBeforeItEnds() throws Exception {
        try (HeddleClient client = client()) {
            client.connect(StreamQuery.after(null));
            greeted("c1", ",\"tokenExpiresAt\":\"" + Instant.now().plus(Duration.ofSeconds(1)) + "\"");

            assertEquals("{\"type\":\"token\",\"token\":\"token-2\"}", next(received));
        }
    }

    @Test
    void aFrameThatTheApplicationFailsToTakeEndsItBeforeItsCursor() throws Exception {
        try (HeddleClient client = client()) {
            client.connect(StreamQuery.after(null));
            greeted("c1", "").writeTextMessage("{\"type\":\"events\",\"cursor\":\"broken\",\"events\":[]}");

            assertEquals(
                    "the application failed",
                    ended.get(SECONDS, TimeUnit.SECONDS).reason());
            assertEquals("c1", client.cursor());
        }
    }

    @Test
    void aServerThatIsNotThereYetIsTriedAgain() throws Exception {
        HeddleEndpoint nowhere = HeddleEndpoint.at(URI.create("http://127.0.0.1:1"));
        CompletableFuture<Disconnection> failed = new CompletableFuture<>();
        HeddleListener listener = new HeddleListener() {
            @Override
            public void onEvents(StreamFrame.Events events) {}

            @Override
            public void onDisconnected(Disconnection end, Duration retryAfter) {
                failed.complete(end);
            }
        };
        try (HeddleClient client = new HeddleClient(nowhere, () -> "token", listener)) {
            client.connect(StreamQuery.after(null));

            assertEquals(
                    Disconnection.BROKEN, failed.get(SECONDS, TimeUnit.SECONDS).code());
        }
    }

    @Test
    void theTextsOfEventsAreByteForByteThoseOfTheFrame() {
        String item = "{\"eventId\":\"e\", \"event\":{\"type\":\"CUSTOM\",\"value\":[1.0,\"ü🧵\"]}}";

        assertEquals(
                List.of(item, item),
                StreamFrame.eventTexts(
                        "{\"type\":\"events\",\"events\":[" + item + "," + item + "],\"cursor\":\"c\"}"));
    }
}
