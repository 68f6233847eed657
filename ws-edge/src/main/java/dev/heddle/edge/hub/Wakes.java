package dev.heddle.edge.hub;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The sessions that a batch of the tail concerns, by event loop: one hop a batch and loop, not one an event. Tail
 * thread.
 */
final class Wakes {
    private final IdentityHashMap<Executor, List<Session>> byLoop = new IdentityHashMap<>();

    void add(Session session) {
        byLoop.computeIfAbsent(session.loop(), loop -> new ArrayList<>()).add(session);
    }

    /** Sends each loop its sessions. */
    void send() {
        if (byLoop.isEmpty()) {
            return;
        }
        byLoop.forEach((loop, sessions) -> loop.execute(() -> {
            for (Session session : sessions) {
                session.advance();
            }
        }));
        byLoop.clear();
    }
}
