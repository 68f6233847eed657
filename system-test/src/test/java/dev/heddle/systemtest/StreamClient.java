package dev.heddle.systemtest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.client.Command;
import dev.heddle.client.FrameQueue;
import dev.heddle.client.HeddleConnection;
import dev.heddle.client.HeddleEndpoint;
import dev.heddle.client.StreamEvent;
import dev.heddle.client.StreamFrame;
import dev.heddle.client.StreamQuery;
import dev.heddle.event.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * One connection of {@code heddle.v1} whose frames the test's thread takes. Its items are kept as the text that came,
 * byte for byte.
 */
public final class StreamClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final FrameQueue frames = new FrameQueue();
    private final List<String> items = new ArrayList<>();
    private final HeddleConnection connection;
    private final JsonNode hello;
    private String cursor = "";

    private StreamClient(String url, String token, Map<String, String> query) {
        connection = HeddleEndpoint.at(URI.create(url))
                .through(HTTP)
                .within(PATIENCE)
                .connect(new StreamQuery(query), token, frames)
                .join();
        hello = next().json();
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
        connection
                .send(Command.start(agentId, runId, input).id(runId).run(runId))
                .join();
    }

    /** An input with one user message. */
    public static JsonNode saying(String text, Map<String, Integer> forwardedProps) {
        return Json.mapper()
                .valueToTree(Map.of(
                        "messages",
                        List.of(Map.of("id", "said", "role", "user", "content", text)),
                        "forwardedProps",
                        forwardedProps));
    }

    /** Takes frames until one is of this type, and returns that. */
    JsonNode awaitFrame(String type) {
        JsonNode frame = next().json();
        while (!frame.required("type").asText().equals(type)) {
            frame = next().json();
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

    /** Takes frames until a run has ended, which is true, or a command was rejected by an event. */
    public boolean awaitEndOrRejection() {
        awaitItems(all -> all.stream().anyMatch(item -> endsRun(item) || rejectsCommand(item)));
        return items.stream().anyMatch(StreamClient::endsRun);
    }

    @Override
    public void close() {
        connection.abort();
    }

    static JsonNode parse(String json) {
        return Json.parseObject(json);
    }

    private static boolean endsRun(String item) {
        return new StreamEvent(parse(item)).isTerminal();
    }

    private static boolean rejectsCommand(String item) {
        JsonNode event = parse(item).path("event");
        return event.path("name").asText().equals("heddle.command")
                && event.at("/value/status").asText().equals("rejected");
    }

    private StreamFrame next() {
        try {
            String text = frames.nextText(PATIENCE);
            if (text == null) {
                throw new AssertionError("no frame within " + PATIENCE + "; closed: " + frames.closed()
                        + "; items so far: " + items.size());
            }
            StreamFrame frame = StreamFrame.parse(text);
            if (frame instanceof StreamFrame.Events) {
                items.addAll(StreamFrame.eventTexts(text));
            }
            cursor = frame.cursor().orElse(cursor);
            return frame;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
