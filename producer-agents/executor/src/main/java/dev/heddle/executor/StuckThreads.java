package dev.heddle.executor;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The count of threads of agents and tools that go on although their time is over. Java cannot stop a thread, so a
 * bounded number of them is given up in favour of others. Safe on any thread.
 */
final class StuckThreads {

    private final int most;
    private final AtomicInteger all = new AtomicInteger();
    private final Map<Kind, AtomicInteger> counts = new EnumMap<>(Kind.class);

    /** The kind of work on such a thread. */
    enum Kind {
        AGENT,
        TOOL
    }

    /** @param most threads that are given up at once */
    StuckThreads(int most) {
        this.most = most;
        for (Kind kind : Kind.values()) {
            counts.put(kind, new AtomicInteger());
        }
    }

    /** Gives a thread up; false if too many are given up already. */
    boolean tryAdd(Kind kind) {
        if (all.getAndUpdate(now -> Math.min(now + 1, most)) >= most) {
            return false;
        }
        counter(kind).incrementAndGet();
        return true;
    }

    /** Uncounts a thread that was given up and has ended after all. */
    void remove(Kind kind) {
        counter(kind).decrementAndGet();
        all.decrementAndGet();
    }

    /** True if the bound is reached: the executor gives up no more threads, and the process should be restarted. */
    boolean isFull() {
        return all.get() >= most;
    }

    AtomicInteger counter(Kind kind) {
        AtomicInteger counter = counts.get(kind);
        if (counter == null) {
            throw new AssertionError(kind);
        }
        return counter;
    }
}
