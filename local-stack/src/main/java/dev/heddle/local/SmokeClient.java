package dev.heddle.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.client.Command;
import dev.heddle.client.FrameQueue;
import dev.heddle.client.HeddleConnection;
import dev.heddle.client.HeddleEndpoint;
import dev.heddle.client.StreamEvent;
import dev.heddle.client.StreamFrame;
import dev.heddle.client.StreamQuery;
import dev.heddle.event.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One user's client of {@link SmokeCommand}: it keeps the newest cursor and every event. Used by one thread. Each wait
 * fails with {@link CommandFailedException} after the endpoint's timeout.
 */
final class SmokeClient {
    private final HeddleEndpoint fleet;
    private final String token;
    private final List<StreamEvent> events = new ArrayList<>();
    private FrameQueue frames = new FrameQueue();
    private @Nullable HeddleConnection connection;
    private StreamFrame.@Nullable Hello hello;
    private String cursor = "";
    private String firstCursor = "";

    SmokeClient(HeddleEndpoint fleet, String token) {
        this.fleet = fleet;
        this.token = token;
    }

    /** A new client of the same user, without any event. */
    SmokeClient anew() {
        return new SmokeClient(fleet, token);
    }

    /**
     * Connects and returns the fleet's hello.
     *
     * @param after the cursor to continue after, or null to begin at the end of the log
     */
    StreamFrame.Hello connect(@Nullable String after) {
        StreamQuery query = StreamQuery.after(after).withoutSnapshot().partition(partition());
        frames = new FrameQueue();
        hello = null;
        try {
            connection = fleet.connect(query, token, frames).join();
        } catch (CompletionException e) {
            throw new CommandFailedException("no WebSocket at " + fleet.url().getAuthority() + ": " + e.getCause(), e);
        }
        until("hello", () -> hello != null);
        if (firstCursor.isEmpty()) {
            firstCursor = cursor;
        }
        return Objects.requireNonNull(hello);
    }

    private int partition() {
        try {
            return fleet.partition(token).join();
        } catch (CompletionException e) {
            String failure = e.getCause() instanceof IllegalStateException refused
                    ? String.valueOf(refused.getMessage())
                    : fleet.url() + " does not answer: " + e.getCause();
            throw new CommandFailedException(failure, e);
        }
    }

    /** Starts a run of an agent that counts to {@code count}, with a pause before each event. */
    void start(String agent, int count, int pauseMillis) {
        ObjectNode input = Json.object();
        input.putArray("messages")
                .addObject()
                .put("id", "m1")
                .put("role", "user")
                .put("content", "smoke test");
        input.putObject("forwardedProps").put("count", count).put("intervalMs", pauseMillis);
        Objects.requireNonNull(connection)
                .send(Command.start(agent, "smoke", input))
                .join();
    }

    /** Takes frames until the condition holds. */
    void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + fleet.timeout().toNanos();
        while (!condition.getAsBoolean()) {
            try {
                String text = frames.nextText(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
                if (text == null && frames.closed().isDone()) {
                    throw new CommandFailedException("the connection was closed: "
                            + frames.closed().join().code());
                }
                if (text == null) {
                    throw new CommandFailedException(
                            what + " did not come within " + fleet.timeout().toSeconds() + " s");
                }
                take(StreamFrame.parse(text));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandFailedException("interrupted", e);
            }
        }
    }

    private void take(StreamFrame frame) {
        if (frame instanceof StreamFrame.Hello first) {
            hello = first;
        } else if (frame instanceof StreamFrame.Events more) {
            events.addAll(more.events());
        } else if (frame instanceof StreamFrame.Rejected) {
            throw new CommandFailedException("the command was rejected: " + frame.json());
        } else if (frame instanceof StreamFrame.Goodbye) {
            throw new CommandFailedException("the edge said goodbye: " + frame.json());
        }
        cursor = frame.cursor().orElse(cursor);
    }

    /** Aborts the connection without a close frame, as a lost network does. Frames that were not taken are dropped. */
    void cut() {
        if (connection != null) {
            connection.abort();
        }
    }

    /** The newest cursor, which is behind every event that was taken. */
    String cursor() {
        return cursor;
    }

    /** The cursor of the first hello. */
    String firstCursor() {
        return firstCursor;
    }

    List<StreamEvent> events() {
        return events;
    }

    /** The events' numbers in their run. */
    List<Long> numbers() {
        return events.stream().map(StreamEvent::runSeq).toList();
    }

    Set<String> runs() {
        Set<String> runs = new LinkedHashSet<>();
        events.forEach(event -> runs.add(event.runId()));
        return runs;
    }

    /** True if the last event ends its run successfully; fails if it is a {@code RUN_ERROR}. */
    boolean hasFinished() {
        if (events.isEmpty() || !events.get(events.size() - 1).isTerminal()) {
            return false;
        }
        JsonNode last = events.get(events.size() - 1).event();
        if (last.path("type").asText().equals("RUN_ERROR")) {
            throw new CommandFailedException("the run failed: " + last);
        }
        return true;
    }
}
