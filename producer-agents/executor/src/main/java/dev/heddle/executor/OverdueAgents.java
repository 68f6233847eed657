package dev.heddle.executor;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The agents that have not returned although their run has ended and their grace is over. Their places are given to
 * others as long as their threads may be given up; beyond that they keep them. Belongs to the dispatch thread.
 */
final class OverdueAgents {

    private final StuckThreads threads;
    private final Consumer<ScheduledRun> free;
    private final Set<ScheduledRun> lost = new HashSet<>();
    private final Set<ScheduledRun> waiting = new LinkedHashSet<>();

    /** @param free gives a run's place to others */
    OverdueAgents(StuckThreads threads, Consumer<ScheduledRun> free) {
        this.threads = threads;
        this.free = free;
    }

    /** Takes in a run whose grace is over. */
    void add(ScheduledRun scheduled) {
        if (!scheduled.hasAgentReturned()) {
            waiting.add(scheduled);
            giveUp();
        }
    }

    /** Notes that the run's agent has returned, in time or not. */
    void returned(ScheduledRun scheduled) {
        scheduled.agentReturned();
        waiting.remove(scheduled);
        if (lost.remove(scheduled)) {
            threads.remove(StuckThreads.Kind.AGENT);
        }
        free.accept(scheduled);
        giveUp();
    }

    private void giveUp() {
        while (!waiting.isEmpty() && threads.tryAdd(StuckThreads.Kind.AGENT)) {
            ScheduledRun next = waiting.iterator().next();
            waiting.remove(next);
            lost.add(next);
            free.accept(next);
        }
    }
}
