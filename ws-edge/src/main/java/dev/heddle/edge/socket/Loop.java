package dev.heddle.edge.socket;

import dev.heddle.edge.ops.Metrics;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the connections of one event loop share: its timers, its list of connections, its news of agents. Owned by that
 * loop.
 */
final class Loop {

    private static final Logger log = LoggerFactory.getLogger(Loop.class);

    private final EventExecutor executor;
    private final Executor tasks = this::post;
    private final TimingWheel wheel;
    private final Services services;
    private final AgentsFeed agents;
    private final Set<StreamConnection> connections = new LinkedHashSet<>();
    private Runnable whenEmpty = () -> {};
    private boolean draining;
    private long drainMillis;

    /** @param executor the event loop itself: tasks given to it run there, in order */
    Loop(EventExecutor executor, TimingWheel wheel, Services services) {
        this.executor = executor;
        this.wheel = wheel;
        this.services = services;
        this.agents = new AgentsFeed(services.commands().agents(), this);
    }

    /**
     * Runs tasks on this loop in their order, always the same object; drops them once the loop has stopped, as their
     * connections are gone.
     */
    Executor executor() {
        return tasks;
    }

    TimingWheel wheel() {
        return wheel;
    }

    Services services() {
        return services;
    }

    Metrics metrics() {
        return services.sight().metrics();
    }

    AgentsFeed agents() {
        return agents;
    }

    LongSupplier nanoTime() {
        return System::nanoTime;
    }

    /** Runs the task on this loop: at once if that is where the caller is. */
    void here(Runnable task) {
        if (executor.inEventLoop()) {
            task.run();
        } else {
            later(task);
        }
    }

    /**
     * Has the task run on this loop; from any thread. When the edge has stopped the task is dropped, as its connection
     * is gone.
     */
    void later(Runnable task) {
        post(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                log.atError().setCause(e).log("A task of an event loop failed");
            }
        });
    }

    private void post(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            log.atDebug().log("A task came after the event loop had stopped");
        }
    }

    void add(StreamConnection connection) {
        connections.add(connection);
        if (draining) {
            connection.leaveWithin(drainMillis);
        }
    }

    /** Has the connections leave one after the other, and whoever comes yet. */
    void drain(long millis) {
        draining = true;
        drainMillis = millis;
        connections().forEach(connection -> connection.leaveWithin(millis));
    }

    void remove(StreamConnection connection) {
        connections.remove(connection);
        if (connections.isEmpty()) {
            whenEmpty.run();
        }
    }

    /** Runs the task once there is no connection; the latest one asked for. */
    void whenEmpty(Runnable task) {
        if (connections.isEmpty()) {
            task.run();
        } else {
            whenEmpty = task;
        }
    }

    /** The connections of this loop, as they are now. */
    List<StreamConnection> connections() {
        return new ArrayList<>(connections);
    }
}
