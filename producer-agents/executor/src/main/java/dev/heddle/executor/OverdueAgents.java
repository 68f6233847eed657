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

    private final LostThreads threads;
    private final Consumer<Job> free;
    private final Set<Job> lost = new HashSet<>();
    private final Set<Job> waiting = new LinkedHashSet<>();

    /** @param free gives a job's place to others */
    OverdueAgents(LostThreads threads, Consumer<Job> free) {
        this.threads = threads;
        this.free = free;
    }

    /** The job's grace is over. */
    void add(Job job) {
        if (!job.hasAgentReturned()) {
            waiting.add(job);
            giveUp();
        }
    }

    /** The job's agent has returned, in time or not. */
    void returned(Job job) {
        job.agentReturned();
        waiting.remove(job);
        if (lost.remove(job)) {
            threads.remove(LostThreads.Kind.AGENT);
        }
        free.accept(job);
        giveUp();
    }

    private void giveUp() {
        while (!waiting.isEmpty() && threads.tryAdd(LostThreads.Kind.AGENT)) {
            Job next = waiting.iterator().next();
            waiting.remove(next);
            lost.add(next);
            free.accept(next);
        }
    }
}
