package dev.heddle.systemtest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One connection of {@code heddle.v1} through the JDK's own WebSocket client.
 *
 * <p>Used by the test's thread; frames come in on the JDK's threads and wait in a queue. Its items are kept as the text
 * that came, byte for byte.
 */
public final class StreamClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String ENDED = "";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final LinkedBlockingQueue<String> incoming = new LinkedBlockingQueue<>();
    private final List<String> items = new ArrayList<>();
    private final WebSocket socket;
    private final JsonNode hello;
    private String cursor;

    private StreamClient(String url, String token, Map<String, String> query) {
        String parameters = query.entrySet().stream()
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        URI address = URI.create(url.replaceFirst("^http", "ws") + "/v1/stream?" + parameters);
        socket = HTTP.newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .subprotocols("heddle.v1")
                .buildAsync(address, new Listener(incoming))
                .join();
        hello = next();
        cursor = hello.required("cursor").asText();
    }

    /** Connects as this user and waits for hello. */
    static StreamClient connect(Stack stack, String user, Map<String, String> query) {
        return new StreamClient(stack.url(), stack.token(user), query);
    }

    /** Connects with this token to the edge at {@code http://HOST:PORT} and waits for hello. */
    public static StreamClient connect(String url, String token, Map<String, String> query) {
        return new StreamClient(url, token, query);
    }

    /** The first frame of the connection. */
    JsonNode hello() {
        return hello;
    }

    /** The newest cursor, to be used with {@link #items}. */
    String cursor() {
        return cursor;
    }

    /** All items so far, each as it was on the wire. */
    List<String> items() {
        return List.copyOf(items);
    }

    /** Starts a run of an agent; its id is the thread's and the command's too. */
    public void start(String runId, String agentId, JsonNode input) {
        send(JSON.createObjectNode()
                .put("type", "command")
                .put("id", runId)
                .put("command", "run.start")
                .put("agentId", agentId)
                .put("threadId", runId)
                .put("runId", runId)
                .set("input", input));
    }

    /** An input with one user message. */
    public static JsonNode saying(String text, Map<String, Integer> forwardedProps) {
        return JSON.valueToTree(Map.of(
                "messages",
                List.of(Map.of("id", "said", "role", "user", "content", text)),
                "forwardedProps",
                forwardedProps));
    }

    /** Takes frames until one is of this type, and returns that. */
    JsonNode awaitFrame(String type) {
        JsonNode frame = next();
        while (!frame.required("type").asText().equals(type)) {
            frame = next();
        }
        return frame;
    }

    /** Takes frames until the items fulfil a condition. */
    void awaitItems(Predicate<List<String>> condition) {
        while (!condition.test(items)) {
            next();
        }
    }

    /** Takes frames until that many runs have ended. */
    public void awaitEnds(int runs) {
        awaitItems(all -> all.stream().filter(StreamClient::endsRun).count() >= runs);
    }

    @Override
    public void close() {
        socket.abort();
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean endsRun(String item) {
        String type = parse(item).at("/event/type").asText();
        return type.equals("RUN_FINISHED") || type.equals("RUN_ERROR");
    }

    private void send(JsonNode frame) {
        socket.sendText(frame.toString(), true).join();
    }

    private JsonNode next() {
        try {
            String text = incoming.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (text == null || text.equals(ENDED)) {
                throw new AssertionError((text == null ? "no frame within " + PATIENCE : "the connection has ended")
                        + "; items so far: " + items.size());
            }
            JsonNode frame = parse(text);
            if (frame.path("type").asText().equals("events")) {
                items.addAll(itemsOf(text));
            }
            cursor = frame.path("cursor").asText(cursor);
            return frame;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** The text of each element of {@code events}. */
    private static List<String> itemsOf(String frame) {
        List<String> found = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(frame)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean events = parser.currentName().equals("events");
                JsonToken value = parser.nextToken();
                while (events && value == JsonToken.START_ARRAY && parser.nextToken() == JsonToken.START_OBJECT) {
                    int from = (int) parser.currentTokenLocation().getCharOffset();
                    parser.skipChildren();
                    found.add(
                            frame.substring(from, (int) parser.currentLocation().getCharOffset()));
                }
                if (!events) {
                    parser.skipChildren();
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts whole text messages into the queue, and a mark when nothing comes any more. */
    private static final class Listener implements WebSocket.Listener {
        private final LinkedBlockingQueue<String> incoming;
        private final StringBuilder parts = new StringBuilder();

        Listener(LinkedBlockingQueue<String> incoming) {
            this.incoming = incoming;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            parts.append(data);
            if (last) {
                incoming.add(parts.toString());
                parts.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int statusCode, String reason) {
            incoming.add(ENDED);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            incoming.add(ENDED);
        }
    }
}
