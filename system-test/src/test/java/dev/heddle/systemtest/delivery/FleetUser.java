package dev.heddle.systemtest.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.client.Disconnection;
import dev.heddle.client.HeddleConnection;
import dev.heddle.client.HeddleEndpoint;
import dev.heddle.client.StreamFrame;
import dev.heddle.client.StreamQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One user's client: keeps the newest cursor, judges every event by what it says of itself, and comes back with the
 * cursor whenever its connection ends. The threads of its connections and the test's call in; every method is short and
 * synchronized.
 */
final class FleetUser {
    /** The parts of a fleet that its users share. Any thread. */
    interface Context {
        HeddleEndpoint endpoint();

        StreamQuery query();

        /** Runs a task after a pause. */
        void later(int millis, Runnable task);

        /** Counts an attempt to connect that failed. */
        void refused(Throwable why);

        /** The latencies from the time at which an event was due, in ns. */
        Histogram latencies();
    }

    /** No goodbye has said when to come back. */
    private static final int NOT_TOLD = -1;

    private static final int LEAST_PAUSE_MILLIS = 20;
    private static final int MOST_PAUSE_MILLIS = 150;

    private final Context fleet;
    private final String name;
    private final List<JsonNode> hellos = new ArrayList<>();
    private final List<JsonNode> answers = new ArrayList<>();
    private final List<Integer> closes = new ArrayList<>();
    private final List<String> otherTypes = new ArrayList<>();

    private String token;
    private @Nullable Incoming incoming;
    private @Nullable String cursor;
    private int pause = NOT_TOLD;
    private boolean wanted;
    private boolean greeted;
    private boolean behind;
    private long next;
    private long received;
    private long missing;
    private long again;
    private long foreign;
    private long whileBehind;
    private long greetedAt;
    private long lastAt;
    private long dueAt;

    FleetUser(Context fleet, String name, String token) {
        this.fleet = fleet;
        this.name = name;
        this.token = token;
    }

    String name() {
        return name;
    }

    synchronized String token() {
        return token;
    }

    /** Has another token from its next connection on. */
    synchronized void takeToken(String fresh) {
        token = fresh;
    }

    /** Renews its session with another token, which it has from now on. */
    synchronized void renew(String fresh) {
        token = fresh;
        connection().ifPresent(open -> {
            CompletableFuture<?> unused = open.renew(fresh);
        });
    }

    // ---- the connection

    /** Connects, and comes back after every end, until {@link #leave()}. */
    synchronized void come() {
        wanted = true;
        connect();
    }

    private synchronized void connect() {
        if (!wanted) {
            return;
        }
        greeted = false;
        Incoming opening = new Incoming();
        incoming = opening;
        StreamQuery query = fleet.query().resumedAfter(cursor);
        CompletableFuture<?> unused = fleet.endpoint()
                .connect(query, token, opening)
                .whenComplete((open, refused) -> {
                    if (refused != null) {
                        fleet.refused(refused);
                        comeBack();
                    } else {
                        opened(opening, open);
                    }
                });
    }

    private synchronized void opened(Incoming which, HeddleConnection connection) {
        if (which.connection == null && (which != incoming || !wanted)) {
            connection.close();
        }
        which.connection = connection;
    }

    private synchronized void ended(Incoming which, int code) {
        if (which == incoming && wanted) {
            closes.add(code);
            greeted = false;
            comeBack();
        }
    }

    /** The frames of one connection. */
    private final class Incoming implements HeddleConnection.Listener {
        private @Nullable HeddleConnection connection;

        @Override
        public void onText(HeddleConnection from, String text) {
            opened(this, from);
            frame(this, StreamFrame.parse(text));
        }

        @Override
        public void onClosed(HeddleConnection from, Disconnection end) {
            ended(this, end.code());
        }
    }

    private synchronized void comeBack() {
        int told = pause;
        pause = NOT_TOLD;
        fleet.later(
                told == NOT_TOLD
                        ? ThreadLocalRandom.current().nextInt(LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS)
                        : Math.max(1, told),
                this::connect);
    }

    /** Hangs up, and stays away until {@link #come()}. */
    synchronized void leave() {
        wanted = false;
        greeted = false;
        connection().ifPresent(HeddleConnection::close);
    }

    /** Stops reading: what is sent fills the socket's buffers. */
    synchronized void pause() {
        connection().ifPresent(HeddleConnection::pause);
    }

    synchronized void resume() {
        connection().ifPresent(HeddleConnection::resume);
    }

    synchronized void send(String frame) {
        connection().ifPresent(open -> {
            CompletableFuture<?> unused = open.send(frame);
        });
    }

    private Optional<HeddleConnection> connection() {
        return Optional.ofNullable(incoming).map(each -> each.connection);
    }

    // ---- what comes

    private void frame(Incoming from, StreamFrame frame) {
        long now = System.nanoTime();
        synchronized (this) {
            if (from != incoming) {
                return;
            }
            if (frame instanceof StreamFrame.Hello) {
                hello(frame.json(), now);
            } else if (frame instanceof StreamFrame.Events) {
                events(frame.json(), now);
            } else if (frame instanceof StreamFrame.CaughtUp) {
                behind = false;
            } else if (frame instanceof StreamFrame.Goodbye goodbye) {
                pause = (int) goodbye.retryAfterMs();
                dueAt = now + TimeUnit.MILLISECONDS.toNanos(pause);
            } else {
                answers.add(frame.json());
            }
            cursor = frame.cursor().orElse(cursor);
        }
    }

    private void hello(JsonNode frame, long now) {
        hellos.add(frame);
        greeted = true;
        greetedAt = now;
        behind = true;
    }

    private void events(JsonNode frame, long now) {
        for (JsonNode item : frame.path("events")) {
            JsonNode value = item.path("event").path("value");
            if (!value.path(LoadPublisher.OWNER).asText().equals(name)) {
                foreign++;
                otherTypes.add(item.path("event").path("type").asText());
                continue;
            }
            long number = value.path(LoadPublisher.NUMBER).asLong();
            if (number < next) {
                again++;
            } else {
                missing += number - next;
                next = number + 1;
            }
            received++;
            whileBehind += behind ? 1 : 0;
            lastAt = now;
            fleet.latencies()
                    .recordValue(
                            Math.max(0, now - value.path(LoadPublisher.TIME).asLong()));
        }
    }

    // ---- the verdict

    /**
     * What is wrong with what came, if the user's events are those from 0 to before this count; empty if nothing is.
     */
    synchronized String faults(long count) {
        return next == count && missing == 0 && again == 0 && foreign == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%s: %d of %d, %d skipped, %d again or out of order, %d foreign, closes %s, hellos %s%n",
                        name,
                        next,
                        count,
                        missing,
                        again,
                        foreign,
                        closes,
                        hellos);
    }

    synchronized boolean isGreeted() {
        return greeted;
    }

    /** Whether it has reached what was the end of the log when it connected. */
    synchronized boolean isCaughtUp() {
        return greeted && !behind;
    }

    /** How many events came, whichever. */
    synchronized long received() {
        return received;
    }

    /** How many numbers were skipped. */
    synchronized long missing() {
        return missing;
    }

    /** How many events came between a hello and its caughtUp. */
    synchronized long receivedWhileBehind() {
        return whileBehind;
    }

    /** When the last event came, by {@link System#nanoTime()}. */
    synchronized long lastAt() {
        return lastAt;
    }

    /** When the last hello came, by {@link System#nanoTime()}. */
    synchronized long greetedAt() {
        return greetedAt;
    }

    /** When the last goodbye wants it back, by {@link System#nanoTime()}. */
    synchronized long dueAt() {
        return dueAt;
    }

    /** The newest cursor. */
    synchronized String cursor() {
        if (cursor == null) {
            throw new AssertionError(name + " has no cursor");
        }
        return cursor;
    }

    /** Forgets the past, as a client would that was told that its log is another one. */
    synchronized void beginAnew(@Nullable String withCursor) {
        cursor = withCursor;
        next = 0;
    }

    /** Every hello, in order. */
    synchronized List<JsonNode> hellos() {
        return List.copyOf(hellos);
    }

    /** The close codes of the connections that others ended; 1006 for those that broke. */
    synchronized List<Integer> closes() {
        return List.copyOf(closes);
    }

    /** The types of the events that no load publisher has made for this user, in order. */
    synchronized List<String> otherTypes() {
        return List.copyOf(otherTypes);
    }

    /** Frames of all other types, in order. */
    synchronized List<JsonNode> answers() {
        return List.copyOf(answers);
    }
}
