package dev.heddle.edge.command;

import dev.heddle.event.Availability;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The agents on offer at one moment, merged over their executors.
 *
 * @param version grows with each change
 * @param agents by agent id
 */
public record AgentsView(long version, SortedMap<String, Agent> agents) {

    /**
     * One agent, with the status of its best executor.
     *
     * @param description for people; cut off where it is too long for that
     */
    public record Agent(
            String agentId, Availability status, @Nullable String description) {

        /** The longest description that clients are told, in characters. */
        static final int MAX_DESCRIPTION = 2_000;

        public Agent {
            if (description != null && description.length() > MAX_DESCRIPTION) {
                int end = Character.isHighSurrogate(description.charAt(MAX_DESCRIPTION - 1))
                        ? MAX_DESCRIPTION - 1
                        : MAX_DESCRIPTION;
                description = description.substring(0, end);
            }
        }

        /** The length of all its texts, in characters. */
        public int length() {
            return agentId.length() + (description == null ? 0 : description.length());
        }
    }

    public AgentsView {
        agents = Collections.unmodifiableSortedMap(new TreeMap<>(agents));
    }

    /** The changes since an earlier view: new and changed agents, and those that are gone as unavailable. */
    public List<Agent> changesSince(AgentsView before) {
        List<Agent> changes = new ArrayList<>();
        for (Agent agent : agents.values()) {
            if (!agent.equals(before.agents.get(agent.agentId()))) {
                changes.add(agent);
            }
        }
        for (Map.Entry<String, Agent> old : before.agents.entrySet()) {
            if (!agents.containsKey(old.getKey()) && old.getValue().status() != Availability.UNAVAILABLE) {
                changes.add(new Agent(old.getKey(), Availability.UNAVAILABLE, null));
            }
        }
        return changes;
    }
}
