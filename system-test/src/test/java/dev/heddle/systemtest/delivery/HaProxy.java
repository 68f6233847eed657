package dev.heddle.systemtest.delivery;

import static org.awaitility.Awaitility.await;

import dev.heddle.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** HAProxy, with a port of its own before each edge; it adds {@code X-Forwarded-For} and looks at nobody's health. */
final class HaProxy implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String DEFAULTS = """
            defaults
              mode http
              timeout connect 5s
              timeout client 30s
              timeout server 30s
              timeout tunnel 60s
              option forwardfor
            """;

    private final Process process;
    private final Map<Integer, Integer> ports;

    private HaProxy(Process process, Map<Integer, Integer> ports) {
        this.process = process;
        this.ports = ports;
    }

    /** One before the edges on these ports; skips the test where HAProxy is missing. */
    static HaProxy before(Path directory, List<Integer> edges) {
        if (!PythonProgram.runs("haproxy", "-v")) {
            PythonProgram.skipped("HAProxy");
        }
        Map<Integer, Integer> ports = new LinkedHashMap<>();
        StringBuilder config = new StringBuilder(DEFAULTS);
        for (int edge : edges) {
            int port = FreePorts.next();
            ports.put(edge, port);
            config.append("""
                    listen edge%d
                      bind 127.0.0.1:%d
                      server edge 127.0.0.1:%d
                    """.formatted(edge, port, edge));
        }
        try {
            Path file = Files.writeString(directory.resolve("haproxy.cfg"), config);
            HaProxy balancer = new HaProxy(
                    new ProcessBuilder("haproxy", "-f", file.toString(), "-db")
                            .redirectErrorStream(true)
                            .redirectOutput(directory.resolve("haproxy.log").toFile())
                            .start(),
                    ports);
            await("HAProxy listens").atMost(LIMIT).until(() -> ports.values().stream()
                    .allMatch(HaProxy::isListening));
            return balancer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port that leads to the edge on this one. */
    int to(int edge) {
        return ports.getOrDefault(edge, 0);
    }

    private static boolean isListening(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
