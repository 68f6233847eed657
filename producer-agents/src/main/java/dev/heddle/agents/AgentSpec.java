package dev.heddle.agents;

import java.util.function.Supplier;

/**
 * An agent on offer: the id that clients name, a line for people, and the factory that makes one agent per run.
 *
 * @param id 1 to 128 characters
 * @param factory called once a run, on the run's thread; may be slow only at the cost of that run
 */
public record AgentSpec(String id, String description, Supplier<? extends Agent> factory) {

    public AgentSpec {
        if (id.isBlank() || id.length() > 128) {
            throw new IllegalArgumentException("an agent's id has 1 to 128 characters");
        }
    }
}
