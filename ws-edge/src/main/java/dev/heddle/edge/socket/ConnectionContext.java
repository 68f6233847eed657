package dev.heddle.edge.socket;

import dev.heddle.edge.ops.Metrics;

/**
 * The surroundings of the connections of one event loop.
 *
 * @param services shared by all event loops
 * @param admission the counts of all event loops
 * @param loop the event loop
 * @param registry the connections themselves
 * @param agents the feed of {@code agents} frames
 */
record ConnectionContext(
        SocketConfig config,
        Services services,
        Admission admission,
        LoopExecutor loop,
        ConnectionRegistry registry,
        AgentsFeed agents) {

    Metrics metrics() {
        return services.operations().metrics();
    }
}
