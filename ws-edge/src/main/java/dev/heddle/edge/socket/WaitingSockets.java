package dev.heddle.edge.socket;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The sockets of one event loop that are not (yet) a WebSocket. Each has so long to send its first request, counted from when it was opened and not from its last byte, so
 * that a slow-loris gains nothing by trickling; and so long between requests. All of them together are bounded; when there are too many, the one that has been waited for longest
 * makes room, so that thousands that say nothing, or nothing more, keep nobody out who asks at once. Owned by the loop.
 */
final class WaitingSockets {

    private final Loop loop;
    private final HttpConfig config;
    private final Admission admission;
    private final Map<HttpConnection, TimingWheel.Timer> timers = new HashMap<>();

    /** Those that owe us a request, the first or the next; the one that has owed it longest first. */
    private final Set<HttpConnection> silent = new LinkedHashSet<>();

    WaitingSockets(Loop loop, HttpConfig config, Admission admission) {
        this.loop = loop;
        this.config = config;
        this.admission = admission;
    }

    Admission admission() {
        return admission;
    }

    /** A socket was opened. */
    void opened(HttpConnection connection) {
        if (!admission.arrive() && !(dropLongestSilent() && admission.arrive())) {
            loop.metrics().dropped();
            connection.close();
            return;
        }
        connection.closeHandler(gone -> forget(connection));
        silent.add(connection);
        timers.put(connection, loop.wheel().after(config.requestTimeout().toMillis(), () -> drop(connection)));
    }

    /** Makes room at once, not when the socket has been closed; false if nobody here is silent. */
    private boolean dropLongestSilent() {
        Iterator<HttpConnection> longest = silent.iterator();
        if (!longest.hasNext()) {
            return false;
        }
        drop(longest.next());
        return true;
    }

    /** A request's head has come: the answer is ours to give, and then the next request is awaited. */
    void requested(HttpConnection connection, HttpServerResponse response) {
        silent.remove(connection);
        TimingWheel.Timer timer = timers.get(connection);
        if (timer != null) {
            timer.cancel();
            response.endHandler(done -> answered(connection));
        }
    }

    private void answered(HttpConnection connection) {
        if (timers.containsKey(connection)) {
            silent.add(connection);
            timers.put(connection, loop.wheel().after(config.idleTimeout().toMillis(), () -> drop(connection)));
        }
    }

    /** The socket is a WebSocket now; its own clock runs. */
    void upgraded(HttpConnection connection) {
        forget(connection);
    }

    /** Forgotten at once, for one that had gone before it could be watched tells nobody. */
    private void drop(HttpConnection connection) {
        forget(connection);
        loop.metrics().dropped();
        connection.close();
    }

    private void forget(HttpConnection connection) {
        silent.remove(connection);
        TimingWheel.Timer timer = timers.remove(connection);
        if (timer != null) {
            timer.cancel();
            admission.depart();
        }
    }
}
