package dev.heddle.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One user's client of {@link SmokeCommand}: the JDK's WebSocket, the partition hint, the newest cursor, and every item
 * that came. Used by one thread; the socket only hands frames over. Each wait fails with {@link CommandFailedException}
 * when its limit is over.
 */
final class SmokeClient {
    private static final String CLOSED = "{\"type\":\"closed\"}";

    private final Fleet fleet;
    private final String token;
    private final List<JsonNode> items = new ArrayList<>();
    private BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    private @Nullable WebSocket socket;
    private @Nullable JsonNode hello;
    private String cursor = "";
    private String firstCursor = "";

    /**
     * Where all of a test's clients go.
     *
     * @param url the public address
     * @param http what they have in common: which certificates it trusts
     * @param limit how long one step may take
     */
    record Fleet(URI url, HttpClient http, Duration limit) {}

    SmokeClient(Fleet fleet, String token) {
        this.fleet = fleet;
        this.token = token;
    }

    /** Another client of the same user, which has got nothing yet. */
    SmokeClient anew() {
        return new SmokeClient(fleet, token);
    }

    /**
     * Connects and gives the fleet's hello.
     *
     * @param from the cursor to go on after, or null to begin at the end
     */
    JsonNode connect(@Nullable String from) {
        String begin = from == null ? "from=latest" : "cursor=" + URLEncoder.encode(from, StandardCharsets.UTF_8);
        URI stream =
                URI.create(fleet.url().toString().replaceFirst("^http", "ws").replaceFirst("/$", "")
                        + "/v1/stream?snapshot=false&" + begin + "&p=" + partition());
        BlockingQueue<String> own = new LinkedBlockingQueue<>();
        frames = own;
        hello = null;
        try {
            socket = fleet.http()
                    .newWebSocketBuilder()
                    .header("Authorization", "Bearer " + token)
                    .connectTimeout(fleet.limit())
                    .subprotocols("heddle.v1")
                    .buildAsync(stream, new Frames(own))
                    .join();
        } catch (CompletionException e) {
            throw new CommandFailedException("no WebSocket at " + stream.getAuthority() + ": " + e.getCause(), e);
        }
        until("hello", () -> hello != null);
        if (firstCursor.isEmpty()) {
            firstCursor = cursor;
        }
        return Objects.requireNonNull(hello);
    }

    /** Which partition the fleet says is the user's. */
    private int partition() {
        HttpRequest request = HttpRequest.newBuilder(fleet.url().resolve("/v1/partition"))
                .header("Authorization", "Bearer " + token)
                .timeout(fleet.limit())
                .build();
        try {
            HttpResponse<String> answer = fleet.http().send(request, BodyHandlers.ofString());
            SmokeCommand.require(
                    answer.statusCode() == 200, fleet.url() + "/v1/partition answered " + answer.statusCode());
            return Json.parseObject(answer.body()).path("partition").asInt();
        } catch (IOException e) {
            throw new CommandFailedException(fleet.url() + " does not answer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }

    /** Asks for a run of an agent that counts, so many events at such a pace. */
    void start(String agent, int count, int everyMillis) {
        ObjectNode command = Json.object()
                .put("type", "command")
                .put("id", UUID.randomUUID().toString())
                .put("command", "run.start")
                .put("agentId", agent)
                .put("threadId", "smoke");
        ObjectNode input = command.putObject("input");
        input.putArray("messages")
                .addObject()
                .put("id", "m1")
                .put("role", "user")
                .put("content", "smoke test");
        input.putObject("forwardedProps").put("count", count).put("intervalMs", everyMillis);
        Objects.requireNonNull(socket).sendText(command.toString(), true).join();
    }

    /** Takes frames until the condition holds. */
    void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + fleet.limit().toNanos();
        while (!condition.getAsBoolean()) {
            try {
                String frame = frames.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                SmokeCommand.require(
                        frame != null,
                        what + " did not come within " + fleet.limit().toSeconds() + " s");
                take(Json.parseObject(Objects.requireNonNull(frame)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandFailedException("interrupted", e);
            }
        }
    }

    private void take(JsonNode frame) {
        switch (frame.path("type").asText()) {
            case "hello" -> hello = frame;
            case "events" -> frame.path("events").forEach(items::add);
            case "rejected" -> throw new CommandFailedException("the command was rejected: " + frame);
            case "goodbye" -> throw new CommandFailedException("the edge said goodbye: " + frame);
            case "closed" -> throw new CommandFailedException("the connection was closed: " + frame);
            default -> {}
        }
        if (frame.has("cursor")) {
            cursor = frame.path("cursor").asText();
        }
    }

    /** Breaks the connection without a word, as a lost network does. What was on its way is not looked at. */
    void cut() {
        if (socket != null) {
            socket.abort();
        }
    }

    /** The cursor after everything that was taken. */
    String cursor() {
        return cursor;
    }

    /** The cursor of the first hello. */
    String firstCursor() {
        return firstCursor;
    }

    List<JsonNode> items() {
        return items;
    }

    /** The items' numbers in their run. */
    List<Long> numbers() {
        return items.stream().map(item -> item.path("runSeq").asLong()).toList();
    }

    Set<String> runs() {
        Set<String> runs = new LinkedHashSet<>();
        items.forEach(item -> runs.add(item.path("runId").asText()));
        return runs;
    }

    /** Whether the last item ends its run well; one that ends it badly fails. */
    boolean hasFinished() {
        if (items.isEmpty()) {
            return false;
        }
        JsonNode last = items.get(items.size() - 1).path("event");
        SmokeCommand.require(!last.path("type").asText().equals("RUN_ERROR"), "the run failed: " + last);
        return last.path("type").asText().equals("RUN_FINISHED");
    }

    /** Joins the parts of a message and hands it over. */
    private static final class Frames implements WebSocket.Listener {
        private final BlockingQueue<String> to;
        private final StringBuilder part = new StringBuilder();

        Frames(BlockingQueue<String> to) {
            this.to = to;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                to.add(part.toString());
                part.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
            to.add(CLOSED);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            to.add(CLOSED);
        }
    }
}
