package dev.heddle.agents;

import dev.heddle.config.InvalidSettingException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The agents that an executor offers, found by id. Immutable. */
public final class AgentRegistry {

    private final Map<String, AgentSpec> byId;

    private AgentRegistry(Map<String, AgentSpec> byId) {
        this.byId = byId;
    }

    /**
     * The registry of these agents.
     *
     * @throws IllegalArgumentException if two agents have the same id
     */
    public static AgentRegistry of(Collection<AgentSpec> agents) {
        Map<String, AgentSpec> byId = new TreeMap<>();
        for (AgentSpec agent : agents) {
            if (byId.putIfAbsent(agent.id(), agent) != null) {
                throw new IllegalArgumentException("two agents are called '" + agent.id() + "'");
            }
        }
        return new AgentRegistry(byId);
    }

    public static AgentRegistry of(AgentSpec... agents) {
        return of(List.of(agents));
    }

    /**
     * The registry of the agents that the {@linkplain AgentProvider providers} on the class path offer.
     *
     * @throws InvalidSettingException that names them, if two offer agents of the same id or one is not there
     */
    public static AgentRegistry discovered() {
        Map<String, AgentSpec> byId = new TreeMap<>();
        Map<String, String> providers = new HashMap<>();
        try {
            for (AgentProvider provider : ServiceLoader.load(AgentProvider.class)) {
                String name = provider.getClass().getName();
                for (AgentSpec agent : provider.agents()) {
                    if (byId.putIfAbsent(agent.id(), agent) != null) {
                        throw new InvalidSettingException("two agents are called '" + agent.id() + "': of "
                                + providers.get(agent.id()) + " and of " + name);
                    }
                    providers.put(agent.id(), name);
                }
            }
        } catch (ServiceConfigurationError e) {
            throw new InvalidSettingException("the agents on the class path cannot be loaded: " + e.getMessage(), e);
        }
        return new AgentRegistry(byId);
    }

    /**
     * A registry of these agents and some more.
     *
     * @throws IllegalArgumentException if two agents have the same id
     */
    public AgentRegistry with(AgentSpec... more) {
        List<AgentSpec> all = new ArrayList<>(byId.values());
        all.addAll(List.of(more));
        return of(all);
    }

    public Optional<AgentSpec> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** All agents, in the order of their ids. */
    public List<AgentSpec> agents() {
        return List.copyOf(byId.values());
    }
}
