package dev.heddle.edge.socket;

import dev.heddle.edge.ops.Metrics;
import io.vertx.core.http.HttpServerRequest;

/**
 * The surroundings of the connections of one event loop.
 *
 * @param services shared by all event loops
 * @param admission the counts of all event loops
 * @param loop the event loop
 * @param registry the connections themselves
 * @param agents the feed of {@code agents} frames
 * @param addresses the addresses that requests count for
 */
record ConnectionContext(
        SocketConfig config,
        Services services,
        Admission admission,
        LoopExecutor loop,
        ConnectionRegistry registry,
        AgentsFeed agents,
        ClientAddress addresses) {

    Metrics metrics() {
        return services.operations().metrics();
    }

    /** The client's address, by which requests and connections are counted. */
    String clientAddress(HttpServerRequest request) {
        return addresses.of(request);
    }
}
