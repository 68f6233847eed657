package dev.heddle.client;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A user's lasting connection to Heddle. It reconnects with its cursor after every end that is not final, renews its
 * token before it expires, and sends commands again until they are answered.
 *
 * <p>Delays between attempts grow with exponential backoff and full jitter, up to 30 s; an edge that says goodbye names
 * the delay itself. A connection on which nothing has come for two heartbeats is given up. Thread-safe.
 */
public final class HeddleClient implements AutoCloseable {
    private static final long FIRST_DELAY_MILLIS = 500;
    private static final long LONGEST_DELAY_MILLIS = 30_000;
    private static final int MOST_REFUSALS = 5;
    private static final Duration STEADY = Duration.ofSeconds(10);
    private static final Duration LEAST_RENEWAL = Duration.ofSeconds(5);
    private static final double RENEWED_AFTER = 0.8;

    private final HeddleEndpoint endpoint;
    private final Supplier<String> tokens;
    private final HeddleListener listener;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(HeddleClient::daemon);
    private final Map<String, PendingCommand> pending = new LinkedHashMap<>();
    private StreamQuery query = StreamQuery.from("latest");
    private @Nullable Incoming incoming;
    private @Nullable String cursor;
    private boolean ended;
    private int attempts;
    private int refusals;

    private record PendingCommand(Command command, CompletableFuture<StreamFrame.Accepted> answer) {}

    /**
     * A client that is not connected yet.
     *
     * @param tokens the source of tokens, asked on the client's own thread before each connection and each renewal
     */
    public HeddleClient(HeddleEndpoint endpoint, Supplier<String> tokens, HeddleListener listener) {
        this.endpoint = endpoint;
        this.tokens = tokens;
        this.listener = listener;
    }

    /**
     * Connects, and stays connected until {@link #close()} or a final end.
     *
     * @param begin the place to begin, and the filter of this and every later connection
     */
    public synchronized void connect(StreamQuery begin) {
        if (incoming != null) {
            throw new IllegalStateException("connected already");
        }
        query = begin;
        later(this::open, 0);
    }

    /** The newest cursor; null before the first {@code hello}. */
    public synchronized @Nullable String cursor() {
        return cursor;
    }

    /**
     * Sends a command, on this connection and the next ones, until it is answered.
     *
     * @return the answer when the command is in the log; fails with {@link CommandRejectedException}
     */
    public synchronized CompletableFuture<StreamFrame.Accepted> send(Command command) {
        CompletableFuture<StreamFrame.Accepted> answer = new CompletableFuture<>();
        if (ended) {
            answer.completeExceptionally(new CommandRejectedException("the client has ended"));
            return answer;
        }
        pending.put(command.id(), new PendingCommand(command, answer));
        if (incoming != null && incoming.connection != null) {
            CompletableFuture<?> unused = incoming.connection.send(command);
        }
        return answer;
    }

    /** Closes the connection and ends the client. */
    @Override
    public void close() {
        end(new Disconnection(1000, "closed by the application", null));
    }

    private void end(Disconnection why) {
        List<PendingCommand> unanswered;
        HeddleConnection open;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            unanswered = List.copyOf(pending.values());
            pending.clear();
            open = incoming == null ? null : incoming.connection;
        }
        timer.shutdownNow();
        if (open != null) {
            open.close();
        }
        unanswered.forEach(
                each -> each.answer().completeExceptionally(new CommandRejectedException("the client has ended")));
        listener.onEnded(why);
    }

    private void open() {
        Incoming next = new Incoming();
        StreamQuery where;
        synchronized (this) {
            if (ended) {
                return;
            }
            incoming = next;
            where = query.resumedAfter(cursor);
        }
        try {
            CompletableFuture<?> unused = endpoint.connect(where, tokens.get(), next)
                    .whenComplete((connection, failure) -> {
                        if (failure != null) {
                            disconnected(next, Disconnection.broken(failure));
                        }
                    });
        } catch (RuntimeException e) {
            // The source of tokens, or a URL that is none: the listener is told each time.
            disconnected(next, Disconnection.broken(e));
        }
    }

    private void disconnected(Incoming which, Disconnection end) {
        long delay;
        boolean last;
        synchronized (this) {
            if (ended || which != incoming) {
                return;
            }
            which.connection = null;
            refusals = end.code() == Disconnection.UNAUTHENTICATED ? refusals + 1 : 0;
            attempts = which.isSteady() ? 0 : attempts + 1;
            last = end.isFinal() || refusals >= MOST_REFUSALS;
            delay = delayAfter(which, end);
        }
        if (last) {
            end(end);
        } else {
            listener.onDisconnected(end, Duration.ofMillis(delay));
            later(this::open, delay);
        }
    }

    private long delayAfter(Incoming which, Disconnection end) {
        if (which.retryAfterMillis >= 0) {
            return which.retryAfterMillis;
        }
        if (end.code() == Disconnection.LOG_CHANGED) {
            return 0;
        }
        long most = Math.min(LONGEST_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(attempts, 10));
        return ThreadLocalRandom.current().nextLong(most + 1);
    }

    private void later(Runnable task, long millis) {
        try {
            ScheduledFuture<?> unused = timer.schedule(task, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The client has ended meanwhile.
            return;
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "heddle-client");
        thread.setDaemon(true);
        return thread;
    }

    private void answer(String id, Consumer<CompletableFuture<StreamFrame.Accepted>> with) {
        PendingCommand answered;
        synchronized (this) {
            answered = pending.remove(id);
        }
        if (answered != null) {
            with.accept(answered.answer());
        }
    }

    private synchronized void moveTo(String to) {
        cursor = to;
    }

    /** The listener of one connection; the client's lock guards its fields. */
    private final class Incoming implements HeddleConnection.Listener {
        private @Nullable HeddleConnection connection;
        private long greetedAt;
        private long retryAfterMillis = -1;

        boolean isSteady() {
            return greetedAt != 0 && System.nanoTime() - greetedAt > STEADY.toNanos();
        }

        @Override
        public void onText(HeddleConnection from, String text) {
            try {
                take(from, StreamFrame.parse(text));
            } catch (RuntimeException e) {
                end(Disconnection.broken(e));
            }
        }

        @Override
        public void onClosed(HeddleConnection from, Disconnection end) {
            disconnected(this, end);
        }

        private void take(HeddleConnection from, StreamFrame frame) {
            if (frame instanceof StreamFrame.Hello hello) {
                listener.onHello(hello);
                greet(from, hello);
            } else if (frame instanceof StreamFrame.Events events) {
                listener.onEvents(events);
            } else if (frame instanceof StreamFrame.Snapshot snapshot) {
                listener.onSnapshot(snapshot);
            } else if (frame instanceof StreamFrame.CaughtUp caughtUp) {
                listener.onCaughtUp(caughtUp);
            } else if (frame instanceof StreamFrame.Accepted accepted) {
                answer(accepted.id(), each -> each.complete(accepted));
            } else if (frame instanceof StreamFrame.Rejected rejected) {
                answer(rejected.id(), each -> each.completeExceptionally(new CommandRejectedException(rejected)));
            } else if (frame instanceof StreamFrame.Renewed renewed) {
                renewed.expiresAt().ifPresent(at -> renewBefore(from, at));
            } else {
                if (frame instanceof StreamFrame.Goodbye goodbye) {
                    comeBackAfter(goodbye.retryAfterMs());
                }
                listener.onOther(frame);
            }
            frame.cursor().ifPresent(HeddleClient.this::moveTo);
        }

        private void greet(HeddleConnection from, StreamFrame.Hello hello) {
            synchronized (HeddleClient.this) {
                greetedAt = System.nanoTime();
                connection = from;
                pending.values().forEach(each -> {
                    CompletableFuture<?> unused = from.send(each.command());
                });
            }
            hello.tokenExpiresAt().ifPresent(at -> renewBefore(from, at));
            watch(from, Duration.ofSeconds(Math.max(1, hello.heartbeatSeconds())));
        }

        private void comeBackAfter(long millis) {
            synchronized (HeddleClient.this) {
                retryAfterMillis = millis;
            }
        }

        private boolean isOpen(HeddleConnection which) {
            synchronized (HeddleClient.this) {
                return connection == which;
            }
        }

        private void watch(HeddleConnection open, Duration heartbeat) {
            later(
                    () -> {
                        if (isOpen(open) && open.silence().compareTo(heartbeat.multipliedBy(2)) > 0) {
                            open.abort();
                        } else if (isOpen(open)) {
                            watch(open, heartbeat);
                        }
                    },
                    heartbeat.toMillis());
        }

        private void renewBefore(HeddleConnection open, Instant end) {
            long life = Duration.between(Instant.now(), end).toMillis();
            later(() -> renew(open, end), Math.max(LEAST_RENEWAL.toMillis(), (long) (life * RENEWED_AFTER)));
        }

        private void renew(HeddleConnection open, Instant end) {
            if (isOpen(open)) {
                try {
                    CompletableFuture<?> unused = open.renew(tokens.get());
                } catch (RuntimeException e) {
                    // The old token lives on for a while: asked again before it ends.
                    renewBefore(open, end);
                }
            }
        }
    }
}
