package dev.heddle.edge.socket;

import dev.heddle.auth.Revocations;
import dev.heddle.auth.TokenVerifier;
import dev.heddle.edge.command.AgentRegistry;
import dev.heddle.edge.command.CommandDesk;
import dev.heddle.edge.hub.Hub;
import dev.heddle.edge.ops.Metrics;
import dev.heddle.edge.protocol.Upstream;
import dev.heddle.role.Readiness;
import dev.heddle.trace.Tracing;
import java.time.Clock;
import java.util.function.Supplier;

/**
 * What all connections of an edge share; made once by the composition root, safe for any thread.
 *
 * @param clients who they are
 * @param sight what operators see of the edge, and what decides whether it takes connections
 */
public record Services(Delivery delivery, Clients clients, Commands commands, Sight sight) {

    /** The hub that is used now, which may be another one later, and how Kafka is. */
    public record Delivery(Supplier<Hub> hub, Supplier<Upstream> upstream) {}

    /** The judge of tokens, and which ones were revoked. */
    public record Clients(TokenVerifier verifier, Revocations revocations) {}

    /** Where commands go and which agents take them. */
    public record Commands(CommandDesk desk, AgentRegistry agents, int pendingPerSession) {}

    /** Readiness, metrics and traces, and the wall clock that tokens end by. */
    public record Sight(Readiness readiness, Metrics metrics, Clock clock, Tracing tracing) {}

    /** The hub that is used now. */
    Hub hub() {
        return delivery.hub().get();
    }
}
