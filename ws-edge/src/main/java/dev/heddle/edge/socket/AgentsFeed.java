package dev.heddle.edge.socket;

import dev.heddle.edge.command.AgentsView;
import dev.heddle.edge.command.OfferedAgents;
import dev.heddle.edge.protocol.ServerFrame;
import dev.heddle.edge.protocol.ServerFrame.Agents.Extent;
import dev.heddle.edge.protocol.ServerFrames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The {@code agents} frames of one event loop. All its subscribers have been sent the same view, so a change is
 * compared and encoded once for all of them, and a new subscriber gets that whole view: it misses no change. A
 * subscriber that does not read is left out, and gets the whole view when it reads again. Owned by the loop.
 */
final class AgentsFeed {

    /** The contract's bound on a frame that is not one large event. */
    private static final int MAX_FRAME_BYTES = 256 * 1024 - 64;

    /** The bytes of JSON around the texts of one agent. */
    private static final int AROUND_AGENT = 80;

    /** The most bytes of a character in JSON: an escape. */
    private static final int MOST_BYTES_OF_A_CHARACTER = 6;

    private final OfferedAgents registry;
    private final Set<Subscriber> subscribers = new LinkedHashSet<>();
    private final Set<Subscriber> behind = new LinkedHashSet<>();
    private AgentsView told;

    /** A connection that has asked for the agents. */
    interface Subscriber {
        /** True if the client reads. */
        boolean isReading();

        /** Writes a frame, if the connection is still open. */
        void send(byte[] frame);
    }

    AgentsFeed(OfferedAgents registry, LoopExecutor loop) {
        this.registry = registry;
        registry.subscribe(view -> loop.later(() -> changed(view)));
        this.told = registry.view();
    }

    /** The whole view as one answer. */
    static byte[] all(AgentsView view) {
        return encode(Extent.ALL, view.agents().values());
    }

    /** The present view of this edge. */
    AgentsView view() {
        return registry.view();
    }

    /** Tells the connection all agents, and from now on each change. */
    void add(Subscriber connection) {
        subscribers.add(connection);
        tellAll(connection);
    }

    private void tellAll(Subscriber connection) {
        frames(Extent.ALL, told.agents().values()).forEach(connection::send);
    }

    void remove(Subscriber connection) {
        subscribers.remove(connection);
        behind.remove(connection);
    }

    /** Sends the whole view to a connection that reads again, if it has missed a change. */
    void drained(Subscriber connection) {
        if (behind.remove(connection)) {
            tellAll(connection);
        }
    }

    private void changed(AgentsView view) {
        if (view.version() <= told.version()) {
            return;
        }
        List<byte[]> changes = frames(Extent.CHANGED, view.changesSince(told));
        told = view;
        for (Subscriber connection : List.copyOf(subscribers)) {
            if (connection.isReading() && !behind.contains(connection)) {
                changes.forEach(connection::send);
            } else {
                behind.add(connection);
            }
        }
    }

    /** Frames of bounded size: agents that do not fit into the first follow as changes. */
    static List<byte[]> frames(Extent extent, Collection<AgentsView.Agent> agents) {
        List<byte[]> frames = new ArrayList<>();
        List<AgentsView.Agent> some = new ArrayList<>();
        long bytes = 0;
        for (AgentsView.Agent agent : agents) {
            long size = AROUND_AGENT + (long) MOST_BYTES_OF_A_CHARACTER * agent.length();
            if (bytes + size > MAX_FRAME_BYTES && !some.isEmpty()) {
                frames.add(encode(frames.isEmpty() ? extent : Extent.CHANGED, some));
                some.clear();
                bytes = 0;
            }
            some.add(agent);
            bytes += size;
        }
        frames.add(encode(frames.isEmpty() ? extent : Extent.CHANGED, some));
        return frames;
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
