package dev.heddle.executor;

import dev.heddle.concurrent.DaemonThreads;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The threads that run tools, one for each call at a time. The thread of a tool that works on after its call was
 * cancelled counts as lost; when too many are lost, further calls are rejected.
 */
final class ToolThreads extends ThreadPoolExecutor {

    private final StuckThreads lost;

    ToolThreads(StuckThreads lost) {
        super(
                0,
                Integer.MAX_VALUE,
                30,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                DaemonThreads.numbered("heddle-tool"),
                new AbortPolicy());
        this.lost = lost;
    }

    @Override
    public void execute(Runnable command) {
        if (lost.isFull()) {
            throw new RejectedExecutionException("too many tools do not end");
        }
        super.execute(command);
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> callable) {
        return new Call<>(callable);
    }

    /** One call, from its thread's beginning to its end. */
    private final class Call<T> extends FutureTask<T> {
        private final AtomicReference<State> state = new AtomicReference<>(State.NEW);

        private Call(Callable<T> callable) {
            super(callable);
        }

        @Override
        public void run() {
            state.compareAndSet(State.NEW, State.AT_WORK);
            try {
                super.run();
            } finally {
                if (state.getAndSet(State.ENDED) == State.LOST) {
                    lost.remove(StuckThreads.Kind.TOOL);
                }
            }
        }

        @Override
        public boolean cancel(boolean interrupt) {
            boolean cancelled = super.cancel(interrupt);
            if (cancelled && lost.tryAdd(StuckThreads.Kind.TOOL) && !state.compareAndSet(State.AT_WORK, State.LOST)) {
                lost.remove(StuckThreads.Kind.TOOL);
            }
            return cancelled;
        }
    }

    private enum State {
        NEW,
        AT_WORK,
        LOST,
        ENDED
    }
}
