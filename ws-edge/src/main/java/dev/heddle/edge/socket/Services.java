package dev.heddle.edge.socket;

import dev.heddle.auth.Revocations;
import dev.heddle.auth.TokenVerifier;
import dev.heddle.edge.command.CommandDesk;
import dev.heddle.edge.command.OfferedAgents;
import dev.heddle.edge.hub.Hub;
import dev.heddle.edge.ops.Metrics;
import dev.heddle.edge.protocol.Upstream;
import dev.heddle.role.Readiness;
import dev.heddle.trace.Tracing;
import java.time.Clock;
import java.util.function.Supplier;

/**
 * The services that all connections of an edge share; made once by the composition root, safe for any thread.
 *
 * @param delivery the hub and the state of Kafka
 * @param clients verification of users
 * @param commands the way of commands to executors
 * @param operations readiness, metrics, traces and time
 */
public record Services(Delivery delivery, Clients clients, Commands commands, Operations operations) {

    /** The present hub, which may be replaced later, and the state of Kafka. */
    public record Delivery(Supplier<Hub> hub, Supplier<Upstream> upstream) {}

    /** The verifier of tokens, and the revocations. */
    public record Clients(TokenVerifier verifier, Revocations revocations) {}

    /** The desk that takes commands, and the agents on offer. */
    public record Commands(CommandDesk desk, OfferedAgents agents, int pendingPerSession) {}

    /** Readiness, metrics and traces, and the wall clock that tokens end by. */
    public record Operations(Readiness readiness, Metrics metrics, Clock clock, Tracing tracing) {}

    /** The present hub. */
    Hub hub() {
        return delivery.hub().get();
    }
}
