package dev.heddle.edge.socket;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop as an executor with timers: it runs tasks in their order, and drops them once the loop has stopped, as
 * their connections are gone. Any thread, but for {@link #timers()}.
 */
final class LoopExecutor implements Executor {

    private static final Logger log = LoggerFactory.getLogger(LoopExecutor.class);

    private final EventExecutor loop;
    private final TimingWheel timers;

    /** @param loop the event loop itself: tasks given to it run there, in order */
    LoopExecutor(EventExecutor loop, TimingWheel timers) {
        this.loop = loop;
        this.timers = timers;
    }

    /** The timers of this loop; owned by it. */
    TimingWheel timers() {
        return timers;
    }

    @Override
    public void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            log.atDebug().log("A task came after the event loop had stopped");
        }
    }

    /** Runs the task on this loop: at once if the caller is there already. */
    void here(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            later(task);
        }
    }

    /** Runs the task on this loop after those that were given to it earlier. A task that throws is logged. */
    void later(Runnable task) {
        execute(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                log.atError().setCause(e).log("A task of an event loop failed");
            }
        });
    }
}
