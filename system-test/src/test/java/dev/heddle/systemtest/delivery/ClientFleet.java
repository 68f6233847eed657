package dev.heddle.systemtest.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.bench.process.Tokens;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** Thousands of users' clients on a few event loops. Used by the test's thread; the clients live on the event loops. */
final class ClientFleet implements AutoCloseable {
    /** Above what a frame may be, and an event alone in one. */
    private static final int MAX_FRAME = 4 * 1024 * 1024;

    /** Small, so that a client that does not read is felt early. */
    private static final int RECEIVE_BUFFER = 16 * 1024;

    private static final long HIGHEST_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    private final WebSocketClient client;
    private final Map<String, FleetUser> users = new LinkedHashMap<>();
    private final ConcurrentHashMap<String, LongAdder> refusals = new ConcurrentHashMap<>();
    private final String query;
    private volatile Histogram latencies = new ConcurrentHistogram(HIGHEST_NANOS, 3);
    private volatile int port;
    private volatile boolean tls;

    /**
     * A fleet that has not connected.
     *
     * @param query how a client without a cursor begins, say {@code from=latest}
     */
    ClientFleet(List<String> names, Tokens tokens, String query) {
        this.query = query;
        this.client = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setMaxConnections(Math.max(1, names.size() * 2))
                .setTrustAll(true)
                .setVerifyHost(false)
                .setMaxFrameSize(MAX_FRAME)
                .setMaxMessageSize(MAX_FRAME)
                .setReceiveBufferSize(RECEIVE_BUFFER));
        names.parallelStream()
                .map(name -> new FleetUser(this, name, tokens.of(name)))
                .toList()
                .forEach(user -> users.put(user.name(), user));
    }

    /** Where clients connect from now on; those that are connected stay. */
    void target(int edgePort) {
        port = edgePort;
    }

    /** As {@link #target}, by TLS with whatever certificate is shown. */
    void targetByTls(int edgePort) {
        tls = true;
        target(edgePort);
    }

    /** Connects everybody and returns when all have been greeted. */
    void come(Duration limit) {
        users.values().forEach(FleetUser::come);
        await("everybody is connected", limit, FleetUser::isGreeted);
    }

    void await(String what, Duration limit, Predicate<FleetUser> holds) {
        try {
            Awaitility.await(what).atMost(limit).until(() -> users.values().stream()
                    .allMatch(holds));
        } catch (ConditionTimeoutException e) {
            long without = users.values().stream().filter(holds.negate()).count();
            throw new AssertionError(
                    e.getMessage() + " (not for " + without + " of " + users.size() + "; attempts that failed "
                            + refusals + ", connections that ended "
                            + codes() + ")",
                    e);
        }
    }

    /**
     * Returns when everybody has what was published for them; fails if that is not so in time or anything else is
     * wrong.
     */
    void awaitAllOf(LoadPublisher load, Duration limit) {
        try {
            await("all events", limit, user -> user.received() >= load.count(user.name()));
        } finally {
            assertEquals("", faults(load), "what clients were given");
        }
    }

    /** What is wrong with what the first few unlucky ones were given. */
    String faults(LoadPublisher load) {
        return users.values().stream()
                .map(user -> user.faults(load.count(user.name())))
                .filter(fault -> !fault.isEmpty())
                .limit(5)
                .collect(Collectors.joining());
    }

    FleetUser user(String name) {
        FleetUser user = users.get(name);
        if (user == null) {
            throw new AssertionError("no user " + name);
        }
        return user;
    }

    List<FleetUser> users() {
        return List.copyOf(users.values());
    }

    /** How many connections others have ended. */
    long closes() {
        return users.values().stream().mapToLong(user -> user.closes().size()).sum();
    }

    /** How many connections others have ended, by close code. */
    private Map<Integer, Long> codes() {
        return users.values().stream()
                .flatMap(user -> user.closes().stream())
                .collect(Collectors.groupingBy(code -> code, Collectors.counting()));
    }

    /** The attempts to connect that came to nothing, by why. */
    String refusals() {
        return refusals.toString();
    }

    /** From when an event was meant to be published until it came, in ns. */
    Histogram latencies() {
        return latencies;
    }

    /** The latencies so far, and begins anew. */
    Histogram takeLatencies() {
        Histogram taken = latencies;
        latencies = new ConcurrentHistogram(HIGHEST_NANOS, 3);
        return taken;
    }

    // ---- for the users

    ClientWebSocket newSocket() {
        return client.webSocket();
    }

    WebSocketConnectOptions address(FleetUser user, @Nullable String cursor) {
        String where = cursor == null ? query : "cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
        WebSocketConnectOptions options = new WebSocketConnectOptions();
        options.setHost("127.0.0.1").setPort(port).setSsl(tls).setURI("/v1/stream?snapshot=false&" + where);
        options.setTimeout(TimeUnit.SECONDS.toMillis(10));
        options.putHeader("Authorization", "Bearer " + user.token());
        return options.addSubProtocol("heddle.v1");
    }

    void later(int millis, Runnable task) {
        vertx.setTimer(millis, timer -> task.run());
    }

    void refused(Throwable why) {
        refusals.computeIfAbsent(String.valueOf(why), key -> new LongAdder()).increment();
    }

    @Override
    public void close() {
        users.values().forEach(FleetUser::leave);
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
