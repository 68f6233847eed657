package dev.heddle.edge.socket;

import dev.heddle.edge.command.AgentRegistry;
import dev.heddle.edge.command.AgentsView;
import dev.heddle.edge.protocol.ServerFrame;
import dev.heddle.edge.protocol.ServerFrame.Agents.Extent;
import dev.heddle.edge.protocol.ServerFrames;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The {@code agents} frames of one event loop. All its subscribers have been told the same view, so a change is compared and encoded once for
 * all of them, and whoever joins gets that view whole: no change can fall between. One that does not read is left out and gets the whole view
 * again when it does. Owned by the loop.
 */
final class AgentsFeed {

    private final AgentRegistry registry;
    private final Set<StreamConnection> subscribers = new LinkedHashSet<>();
    private final Set<StreamConnection> behind = new LinkedHashSet<>();
    private AgentsView told;

    AgentsFeed(AgentRegistry registry, Loop loop) {
        this.registry = registry;
        registry.subscribe(view -> loop.later(() -> changed(view)));
        this.told = registry.view();
    }

    /** The whole view as a frame. */
    static byte[] all(AgentsView view) {
        return encode(Extent.ALL, view.agents().values());
    }

    /** The view that this edge has now; for those who ask once. */
    AgentsView view() {
        return registry.view();
    }

    /** Tells the connection all agents, and from now on each change. */
    void add(StreamConnection connection) {
        subscribers.add(connection);
        connection.send(all(told));
    }

    void remove(StreamConnection connection) {
        subscribers.remove(connection);
        behind.remove(connection);
    }

    /** The connection reads again. */
    void drained(StreamConnection connection) {
        if (behind.remove(connection)) {
            connection.send(all(told));
        }
    }

    private void changed(AgentsView view) {
        if (view.version() <= told.version()) {
            return;
        }
        byte[] changes = encode(Extent.CHANGED, view.changesSince(told));
        told = view;
        for (StreamConnection connection : List.copyOf(subscribers)) {
            if (connection.isReading() && !behind.contains(connection)) {
                connection.send(changes);
            } else {
                behind.add(connection);
            }
        }
    }

    private static byte[] encode(Extent extent, Collection<AgentsView.Agent> agents) {
        return ServerFrames.encode(new ServerFrame.Agents(
                extent,
                agents.stream()
                        .map(agent -> new ServerFrame.AgentLine(
                                agent.agentId(), agent.status().wire(), agent.description()))
                        .toList()));
    }
}
