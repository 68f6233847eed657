package dev.heddle.edge.hub;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The subscribers that one batch of the tail concerns, grouped by event loop: each loop gets one task a batch, not one
 * an event. Owned by the tail thread.
 */
final class WakeUpBatch {
    private final IdentityHashMap<Executor, List<Subscriber>> byLoop = new IdentityHashMap<>();

    void add(Subscriber subscriber) {
        byLoop.computeIfAbsent(subscriber.loop(), loop -> new ArrayList<>()).add(subscriber);
    }

    /** Has each loop advance its subscribers. The batch is empty afterwards. */
    void send() {
        if (byLoop.isEmpty()) {
            return;
        }
        byLoop.forEach((loop, subscribers) -> loop.execute(() -> {
            for (Subscriber subscriber : subscribers) {
                subscriber.advance();
            }
        }));
        byLoop.clear();
    }
}
