package dev.heddle.edge.hub;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The tasks of one event loop that can wait: one of them, then all that the loop has got meanwhile, then the next one.
 * Sessions that catch up take their steps here, so that ten thousand that come back at once hold up nobody's live
 * events by more than one step. In order; from any thread.
 */
final class Unhurried implements Executor {
    private final Executor loop;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    Unhurried(Executor loop) {
        this.loop = loop;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            loop.execute(this::next);
        }
    }

    private void next() {
        Runnable task = tasks.remove();
        try {
            task.run();
        } finally {
            if (waiting.decrementAndGet() > 0) {
                loop.execute(this::next);
            }
        }
    }
}
