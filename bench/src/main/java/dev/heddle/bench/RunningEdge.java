package dev.heddle.bench;

import dev.heddle.bench.load.FleetConnection;
import dev.heddle.bench.load.FleetTarget;
import dev.heddle.bench.load.LoadUsers;
import dev.heddle.bench.process.EdgeMetrics;
import dev.heddle.bench.process.JavaProcess;
import dev.heddle.client.HeddleConnection;
import dev.heddle.client.StreamQuery;
import dev.heddle.event.Partitioning;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * An edge that runs.
 *
 * @param url where clients connect
 * @param ours the process that it was started in here, with its management port; null if it ran before
 */
record RunningEdge(URI url, @Nullable Ours ours) implements AutoCloseable {
    /** The process of an edge that was started here, and its management port. */
    record Ours(JavaProcess process, int managementPort) {}

    /**
     * The target of a fleet. A client connects with its newest cursor if it has one, else at the end of the log.
     *
     * @param tokens by the index of the user
     */
    FleetTarget target(List<String> tokens) {
        return target(tokens, (query, connection) -> query);
    }

    /** The same target with the hint for a load balancer: the number of the user's partition. */
    FleetTarget hinted(List<String> tokens, LoadUsers users, int partitions) {
        return target(
                tokens,
                (query, connection) ->
                        query.partition(Partitioning.partitionOf(users.user(connection.user()), partitions)));
    }

    private FleetTarget target(List<String> tokens, BiFunction<StreamQuery, FleetConnection, StreamQuery> hint) {
        return new FleetTarget(new InetSocketAddress(url.getHost(), url.getPort()), connection -> {
            String cursor = connection.receiver().cursor();
            StreamQuery query =
                    StreamQuery.after(cursor.isEmpty() ? null : cursor).withoutSnapshot();
            return new FleetTarget.Request(
                    hint.apply(query, connection).requestTarget(),
                    "Sec-WebSocket-Protocol: " + HeddleConnection.SUBPROTOCOL + "\r\nAuthorization: Bearer "
                            + tokens.get(connection.user()) + "\r\n");
        });
    }

    /** The edge's process; null if it was not started here. */
    @Nullable
    JavaProcess process() {
        return ours == null ? null : ours.process();
    }

    private Ours own() {
        if (ours == null) {
            throw new BenchFailedException("this suite starts its own edges: leave --edge out");
        }
        return ours;
    }

    /** The edge's process; fails if it was not started here. */
    JavaProcess ownProcess() {
        return own().process();
    }

    EdgeMetrics metrics() {
        return EdgeMetrics.of(own().managementPort());
    }

    @Override
    public void close() {
        if (ours != null) {
            ours.process().close();
        }
    }
}
