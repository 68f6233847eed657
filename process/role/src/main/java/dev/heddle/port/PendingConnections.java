package dev.heddle.port;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The connections that have been accepted and not admitted, of all event loops. Those that a peer is waited for stand
 * in the order in which the waiting began; those that wait for us stand apart, and make room only when there is nobody
 * else. Any thread; the lock is held for a look at the addresses at most.
 */
final class PendingConnections {

    /** An address that holds more than this part of the places gives its own way first. */
    private static final int SHARE_OF_AN_ADDRESS = 8;

    private final ReentrantLock lock = new ReentrantLock();
    private final int most;
    private final ConnectionGuard.Listener listener;
    private final Map<Object, LinkedHashSet<GuardedConnection>> silentByAddress = new HashMap<>();
    private final LinkedHashSet<GuardedConnection> silent = new LinkedHashSet<>();
    private final LinkedHashSet<GuardedConnection> answered = new LinkedHashSet<>();

    PendingConnections(int most, ConnectionGuard.Listener listener) {
        this.most = most;
        this.listener = listener;
    }

    /** A connection's peer is waited for; another connection makes room if there is none. */
    void await(GuardedConnection connection) {
        GuardedConnection leaving;
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
            leaving.drop(ConnectionGuard.Reason.ROOM);
        }
    }

    /** A connection's peer waits for us now. */
    void answer(GuardedConnection connection) {
        lock.lock();
        try {
            if (take(connection)) {
                answered.add(connection);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A connection is admitted or gone; false if it was not here. */
    boolean remove(GuardedConnection connection) {
        lock.lock();
        try {
            return take(connection);
        } finally {
            lock.unlock();
        }
    }

    private boolean take(GuardedConnection connection) {
        if (silent.remove(connection)) {
            Set<GuardedConnection> same = silentByAddress.get(connection.address());
            if (same != null && same.remove(connection) && same.isEmpty()) {
                silentByAddress.remove(connection.address());
            }
            return true;
        }
        return answered.remove(connection);
    }

    private @Nullable GuardedConnection victim() {
        LinkedHashSet<GuardedConnection> largest = silent;
        int share = most / SHARE_OF_AN_ADDRESS;
        for (LinkedHashSet<GuardedConnection> same : silentByAddress.values()) {
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

    /** Ends those whose deadline has passed. */
    void sweep(long now) {
        List<GuardedConnection> late = new ArrayList<>();
        lock.lock();
        try {
            for (GuardedConnection connection : silent) {
                if (connection.isLate(now)) {
                    late.add(connection);
                }
            }
            for (GuardedConnection connection : answered) {
                if (connection.isLate(now)) {
                    late.add(connection);
                }
            }
            late.forEach(this::take);
        } finally {
            lock.unlock();
        }
        late.forEach(connection -> connection.drop(ConnectionGuard.Reason.DEADLINE));
    }

    ConnectionGuard.Listener listener() {
        return listener;
    }
}
