package dev.heddle.edge.socket;

import dev.heddle.edge.auth.TokenVerifier;
import dev.heddle.edge.command.AgentRegistry;
import dev.heddle.edge.command.CommandDesk;
import dev.heddle.edge.hub.Hub;
import dev.heddle.edge.ops.Metrics;
import dev.heddle.edge.ops.Readiness;
import java.time.Clock;

/**
 * What all connections of an edge share; made once by the composition root, safe for any thread.
 *
 * @param sight what operators see of the edge, and what decides whether it takes connections
 */
public record Services(Hub hub, TokenVerifier verifier, Commands commands, Sight sight) {

    /** Where commands go and which agents take them. */
    public record Commands(CommandDesk desk, AgentRegistry agents, int pendingPerSession) {}

    /** Readiness and metrics, and the wall clock that tokens end by. */
    public record Sight(Readiness readiness, Metrics metrics, Clock clock) {}
}
