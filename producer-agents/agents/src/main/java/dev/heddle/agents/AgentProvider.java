package dev.heddle.agents;

import java.util.Collection;

/**
 * Agents that an executor finds by itself: a jar on its class path names its provider in
 * {@code META-INF/services/dev.heddle.agents.AgentProvider} ({@link java.util.ServiceLoader}).
 */
public interface AgentProvider {

    /** The agents on offer; asked once, when the executor starts. */
    Collection<AgentSpec> agents();
}
