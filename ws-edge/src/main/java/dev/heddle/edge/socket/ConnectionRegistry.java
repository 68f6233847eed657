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
        /** Says goodbye after a random part of this time. */
        void leaveWithin(long millis);

        /** Tells the client the state of Kafka. */
        void tell(Upstream upstream);
    }

    void add(Connection connection) {
        connections.add(connection);
        if (draining) {
            connection.leaveWithin(drainMillis);
        }
    }

    /** Ends the connections one after the other within this time, also those that are added later. */
    void drain(long millis) {
        draining = true;
        drainMillis = millis;
        snapshot().forEach(connection -> connection.leaveWithin(millis));
    }

    /** Tells all clients the state of Kafka. */
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
