package dev.heddle.bench;

import dev.heddle.bench.load.Target;
import dev.heddle.bench.process.EdgeMetrics;
import dev.heddle.bench.process.JavaProcess;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

/** An edge in a process of its own. */
record RunningEdge(JavaProcess process, int managementPort) implements AutoCloseable {
    private static final String PATH = "/v1/stream?snapshot=false&";

    /**
     * Where a fleet of these users' clients connects: with its newest cursor if it has one, else at the end of the log.
     *
     * @param tokens by the index of the user
     */
    Target target(List<String> tokens) {
        URI url = URI.create(process.ready());
        return new Target(new InetSocketAddress(url.getHost(), url.getPort()), link -> {
            String cursor = link.receiver().cursor();
            return new Target.Request(
                    PATH + (cursor.isEmpty() ? "from=latest" : "cursor=" + cursor),
                    "Sec-WebSocket-Protocol: heddle.v1\r\nAuthorization: Bearer " + tokens.get(link.user()) + "\r\n");
        });
    }

    EdgeMetrics metrics() {
        return EdgeMetrics.of(managementPort);
    }

    @Override
    public void close() {
        process.close();
    }
}
