package dev.heddle.systemtest.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.client.HeddleEndpoint;
import dev.heddle.client.StreamQuery;
import dev.heddle.testing.TestCertificate;
import dev.heddle.token.TokenSigner;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Thousands of users' clients. Used by the test's thread; the clients live on a few threads of their HTTP client. */
final class ClientFleet implements FleetUser.Context, AutoCloseable {
    private static final Duration HANDSHAKE = Duration.ofSeconds(10);
    private static final long HIGHEST_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final int THREADS = 2;

    static {
        // Small, so that a client that does not read is felt early.
        System.setProperty("jdk.httpclient.receiveBufferSize", Integer.toString(16 * 1024));
    }

    private final ExecutorService executor = Executors.newFixedThreadPool(THREADS, ClientFleet::daemon);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(ClientFleet::daemon);
    private final HttpClient http = HttpClient.newBuilder()
            .executor(executor)
            .sslContext(TestCertificate.trustingAll())
            .build();
    private final Map<String, FleetUser> users = new LinkedHashMap<>();
    private final ConcurrentHashMap<String, LongAdder> refusals = new ConcurrentHashMap<>();
    private final StreamQuery query;
    private volatile Histogram latencies = new ConcurrentHistogram(HIGHEST_NANOS, 3);
    private volatile HeddleEndpoint endpoint = at(URI.create("http://127.0.0.1:0"));

    /**
     * A fleet that has not connected.
     *
     * @param query where a client without a cursor begins, and the filter
     */
    ClientFleet(List<String> names, TokenSigner tokens, StreamQuery query) {
        this.query = query.withoutSnapshot();
        names.parallelStream()
                .map(name -> new FleetUser(this, name, tokens.token(name)))
                .toList()
                .forEach(user -> users.put(user.name(), user));
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "client-fleet");
        thread.setDaemon(true);
        return thread;
    }

    private HeddleEndpoint at(URI url) {
        return HeddleEndpoint.at(url).through(http).within(HANDSHAKE);
    }

    /** Where clients connect from now on; those that are connected stay. */
    void target(int edgePort) {
        endpoint = at(URI.create("http://127.0.0.1:" + edgePort));
    }

    /** As {@link #target}, by TLS with whatever certificate is shown. */
    void targetByTls(int edgePort) {
        endpoint = at(URI.create("https://127.0.0.1:" + edgePort));
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
    @Override
    public Histogram latencies() {
        return latencies;
    }

    /** The latencies so far, and begins anew. */
    Histogram takeLatencies() {
        Histogram taken = latencies;
        latencies = new ConcurrentHistogram(HIGHEST_NANOS, 3);
        return taken;
    }

    // ---- for the users

    @Override
    public HeddleEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public StreamQuery query() {
        return query;
    }

    @Override
    public void later(int millis, Runnable task) {
        ScheduledFuture<?> unused = timer.schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void refused(Throwable why) {
        refusals.computeIfAbsent(String.valueOf(why), key -> new LongAdder()).increment();
    }

    @Override
    public void close() {
        users.values().forEach(FleetUser::leave);
        timer.shutdownNow();
        executor.shutdown();
    }
}
