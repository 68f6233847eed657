package dev.heddle.port;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The accepted connections of all event loops that are not admitted yet. Connections that wait for their peer are in
 * the order in which the wait began; those whose peer waits for us are kept apart, and make room only if there is no
 * other. Any thread; the lock is held for one pass over the addresses at most.
 */
final class PendingConnections {

    /** The divisor of an address's share: an address with more than this part of the places makes room first. */
    private static final int SHARE_OF_AN_ADDRESS = 8;

    private final ReentrantLock lock = new ReentrantLock();
    private final int most;
    private final Consumer<DropReason> dropped;
    private final Map<Object, LinkedHashSet<Connection>> silentByAddress = new HashMap<>();
    private final LinkedHashSet<Connection> silent = new LinkedHashSet<>();
    private final LinkedHashSet<Connection> answered = new LinkedHashSet<>();

    /** A connection that can be pending. */
    interface Connection {
        /** The address that connections are counted by. */
        Object address();

        /** True if the connection's deadline has passed. */
        boolean isLate(long now);

        /** Ends the connection. Any thread. */
        void cut();
    }

    /** @param dropped told the reason of each connection that is dropped; on any thread */
    PendingConnections(int most, Consumer<DropReason> dropped) {
        this.most = most;
        this.dropped = dropped;
    }

    /** Adds a connection that waits for its peer; if there is no room, another connection is dropped. */
    void await(Connection connection) {
        Connection leaving;
        lock.lock();
        try {
            leaving = take(connection) || size() < most ? null : victim();
            if (leaving != null) {
                take(leaving);
            }
            silent.add(connection);
            silentByAddress
                    .computeIfAbsent(connection.address(), address -> new LinkedHashSet<>())
                    .add(connection);
        } finally {
            lock.unlock();
        }
        if (leaving != null) {
            drop(leaving, DropReason.ROOM);
        }
    }

    /** Notes that the connection's peer now waits for us. */
    void answer(Connection connection) {
        lock.lock();
        try {
            if (take(connection)) {
                answered.add(connection);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Removes a connection that is admitted or gone; false if it was not pending. */
    boolean remove(Connection connection) {
        lock.lock();
        try {
            return take(connection);
        } finally {
            lock.unlock();
        }
    }

    /** Ends a connection, pending or not, for this reason. */
    void drop(Connection connection, DropReason reason) {
        boolean unused = remove(connection);
        dropped.accept(reason);
        connection.cut();
    }

    private boolean take(Connection connection) {
        if (silent.remove(connection)) {
            Set<Connection> same = silentByAddress.get(connection.address());
            if (same != null && same.remove(connection) && same.isEmpty()) {
                silentByAddress.remove(connection.address());
            }
            return true;
        }
        return answered.remove(connection);
    }

    private @Nullable Connection victim() {
        LinkedHashSet<Connection> largest = silent;
        int share = most / SHARE_OF_AN_ADDRESS;
        for (LinkedHashSet<Connection> same : silentByAddress.values()) {
            if (same.size() > share) {
                share = same.size();
                largest = same;
            }
        }
        if (largest.isEmpty()) {
            return answered.isEmpty() ? null : answered.iterator().next();
        }
        return largest.iterator().next();
    }

    int size() {
        lock.lock();
        try {
            return silent.size() + answered.size();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connections whose deadline has passed. */
    void sweep(long now) {
        List<Connection> late = new ArrayList<>();
        lock.lock();
        try {
            for (Connection connection : silent) {
                if (connection.isLate(now)) {
                    late.add(connection);
                }
            }
            for (Connection connection : answered) {
                if (connection.isLate(now)) {
                    late.add(connection);
                }
            }
            late.forEach(this::take);
        } finally {
            lock.unlock();
        }
        late.forEach(connection -> drop(connection, DropReason.DEADLINE));
    }
}
