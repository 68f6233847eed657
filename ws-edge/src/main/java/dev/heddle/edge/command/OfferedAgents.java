package dev.heddle.edge.command;

import dev.heddle.event.AgentOffer;
import dev.heddle.event.Availability;
import dev.heddle.event.ExecutorStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The agents on offer, as their executors announce them.
 *
 * <p>One thread writes (the reader of {@code agent-executors}); any thread reads {@link #view()} or subscribes. An
 * executor that has missed three announcements is taken as gone: its agents turn unavailable, and are forgotten after
 * {@link ExecutorStatus#MEMORY}, so that a command which arrives while an executor restarts is kept for it rather than
 * refused.
 */
public final class OfferedAgents {

    private final SortedMap<String, Heard> executors = new TreeMap<>();
    private final List<Consumer<AgentsView>> listeners = new CopyOnWriteArrayList<>();
    private volatile AgentsView view = new AgentsView(0, new TreeMap<>());

    private record Heard(ExecutorStatus status, Instant at) {
        boolean alive(Instant now) {
            return at.plus(status.every().multipliedBy(ExecutorStatus.MISSED)).isAfter(now);
        }
    }

    /** The agents on offer now. */
    public AgentsView view() {
        return view;
    }

    /** True if an executor offers this agent, or did a short while ago. */
    public boolean knows(String agentId) {
        return view.agents().containsKey(agentId);
    }

    /** Adds a listener to new views. It is called on the writer's thread and must not block. */
    public void subscribe(Consumer<AgentsView> listener) {
        listeners.add(listener);
    }

    /** Takes the announcement of an executor. Writer thread only. */
    public void announced(ExecutorStatus status, Instant heardAt, Instant now) {
        executors.put(status.executorId(), new Heard(status, heardAt));
        refresh(now);
    }

    /** Removes the offers that an executor has withdrawn. Writer thread only. */
    public void withdrawn(String executorId, Instant now) {
        executors.remove(executorId);
        refresh(now);
    }

    /**
     * Drops executors that have not announced themselves for too long; called about every second. Writer thread only.
     */
    public void refresh(Instant now) {
        executors
                .values()
                .removeIf(heard -> heard.at().plus(ExecutorStatus.MEMORY).isBefore(now));
        SortedMap<String, AgentsView.Agent> merged = new TreeMap<>();
        for (Heard heard : executors.values()) {
            for (AgentOffer offer : heard.status().agents()) {
                Availability status = heard.alive(now) ? offer.status() : Availability.UNAVAILABLE;
                merged.merge(
                        offer.agentId(),
                        new AgentsView.Agent(offer.agentId(), status, offer.description()),
                        OfferedAgents::better);
            }
        }
        AgentsView before = view;
        if (!before.agents().equals(merged)) {
            AgentsView after = new AgentsView(before.version() + 1, merged);
            view = after;
            listeners.forEach(listener -> listener.accept(after));
        }
    }

    private static AgentsView.Agent better(AgentsView.Agent a, AgentsView.Agent b) {
        Map<Availability, Integer> rank =
                Map.of(Availability.AVAILABLE, 0, Availability.BUSY, 1, Availability.UNAVAILABLE, 2);
        AgentsView.Agent best = rank.getOrDefault(b.status(), 3) < rank.getOrDefault(a.status(), 3) ? b : a;
        return best.description() != null
                ? best
                : new AgentsView.Agent(
                        best.agentId(), best.status(), a.description() != null ? a.description() : b.description());
    }
}
