package dev.heddle.edge.hub;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** The number of sessions in each state. Thread-safe. */
public final class SessionCounts {
    private final Map<SessionState, AtomicInteger> counts = new EnumMap<>(SessionState.class);

    SessionCounts() {
        for (SessionState state : SessionState.values()) {
            counts.put(state, new AtomicInteger());
        }
    }

    /**
     * The sessions in a state; 0 for {@link SessionState#NEW} and {@link SessionState#CLOSED}, which are not counted.
     */
    public int in(SessionState state) {
        return count(state).get();
    }

    void moved(SessionState from, SessionState to) {
        if (from != SessionState.NEW) {
            count(from).decrementAndGet();
        }
        if (to != SessionState.CLOSED) {
            count(to).incrementAndGet();
        }
    }

    private AtomicInteger count(SessionState state) {
        return Objects.requireNonNull(counts.get(state));
    }
}
