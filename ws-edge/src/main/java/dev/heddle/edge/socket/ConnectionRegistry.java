package dev.heddle.edge.socket;

import dev.heddle.edge.protocol.Upstream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The connections of one event loop. Owned by that loop. */
final class ConnectionRegistry {

    private final Set<Connection> connections = new LinkedHashSet<>();
    private Runnable whenEmpty = () -> {};
    private boolean draining;
    private long drainMillis;

    /** A registered connection. */
    interface Connection {
        /** Has the connection say goodbye at its turn, which comes within this time. */
        void leaveWithin(long millis);

        /** Tells the client how Kafka is. */
        void tell(Upstream upstream);
    }

    void add(Connection connection) {
        connections.add(connection);
        if (draining) {
            connection.leaveWithin(drainMillis);
        }
    }

    /** Has the connections leave one after the other, and those that are added later, too. */
    void drain(long millis) {
        draining = true;
        drainMillis = millis;
        snapshot().forEach(connection -> connection.leaveWithin(millis));
    }

    /** Tells all clients how Kafka is. */
    void tell(Upstream upstream) {
        snapshot().forEach(connection -> connection.tell(upstream));
    }

    void remove(Connection connection) {
        connections.remove(connection);
        if (connections.isEmpty()) {
            whenEmpty.run();
        }
    }

    /** Runs the task once there is no connection; the latest task replaces the one before. */
    void whenEmpty(Runnable task) {
        if (connections.isEmpty()) {
            task.run();
        } else {
            whenEmpty = task;
        }
    }

    /** A copy: a connection that ends leaves the set. */
    private List<Connection> snapshot() {
        return new ArrayList<>(connections);
    }
}
