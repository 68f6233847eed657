package dev.heddle.agents;

import java.util.List;
import java.util.function.Supplier;

/**
 * An agent on offer: the id that clients name, a line for people, and the factory that makes one agent per run.
 *
 * @param id 1 to 128 characters
 * @param factory called once a run, on the run's thread; may be slow only at the cost of that run
 * @param tools what a run of it may call through {@link RunContext#tools()}
 * @param onLoss what becomes of its runs when their process dies
 */
public record AgentSpec(
        String id, String description, Supplier<? extends Agent> factory, List<Tool> tools, OnLoss onLoss) {

    /** The treatment of a run whose process died. */
    public enum OnLoss {
        /** It ends in RUN_ERROR with the code {@code executor_lost}. */
        END,
        /** Another executor goes on with it. */
        CONTINUE
    }

    public AgentSpec {
        if (id.isBlank() || id.length() > 128) {
            throw new IllegalArgumentException("an agent's id has 1 to 128 characters");
        }
        tools = List.copyOf(tools);
        if (tools.stream().map(Tool::name).distinct().count() < tools.size()) {
            throw new IllegalArgumentException("agent '" + id + "' has two tools of one name");
        }
    }

    public AgentSpec(String id, String description, Supplier<? extends Agent> factory) {
        this(id, description, factory, List.of(), OnLoss.END);
    }

    /** An agent whose runs survive their process. */
    public static AgentSpec resumable(String id, String description, Supplier<? extends ResumableAgent> factory) {
        return new AgentSpec(id, description, factory, List.of(), OnLoss.CONTINUE);
    }

    public AgentSpec withTools(Tool... offered) {
        return new AgentSpec(id, description, factory, List.of(offered), onLoss);
    }
}
