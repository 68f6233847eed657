package dev.heddle.edge.hub;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The executor of an event loop's low-priority tasks: it runs one of them, then lets the loop run all other tasks that
 * have come meanwhile, then runs the next one. Sessions that catch up take their steps here, so ten thousand of them
 * delay live events by one step only. Tasks run in order; any thread may add one.
 */
final class LowPriorityExecutor implements Executor {
    private final Executor loop;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    LowPriorityExecutor(Executor loop) {
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
