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
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * HAProxy with the configuration of {@code docker/haproxy}, in front of edges on loopback. Where HAProxy is missing,
 * the test is skipped and says so.
 */
final class Balancer implements AutoCloseable {
    private static final Path SHIPPED = Path.of("../docker/haproxy/haproxy.cfg");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Process process;
    private final int port;

    private Balancer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Skips the test where there is no HAProxy. */
    static void require() {
        if (!PythonProgram.runs("haproxy", "-v")) {
            PythonProgram.skipped("HAProxy");
        }
    }

    /** Starts one and returns when it listens; its clients find the edges that are ready a moment later. */
    static Balancer start(Path directory, List<EdgeProcess> edges) {
        int port = FreePorts.next();
        try {
            Path config = directory.resolve("haproxy-" + edges.size() + ".cfg");
            Files.writeString(config, configuration(directory, port, edges));
            Balancer balancer = new Balancer(
                    new ProcessBuilder("haproxy", "-f", config.toString(), "-db")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(
                                    directory.resolve("haproxy.log").toFile()))
                            .start(),
                    port);
            await("HAProxy listens").atMost(LIMIT).until(balancer::isListening);
            return balancer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The shipped file, with other addresses and nobody to ask for names. */
    private static String configuration(Path directory, int port, List<EdgeProcess> edges) throws IOException {
        String hashed = servers(edges, i -> "weight 100 port " + edges.get(i).managementPort());
        String any = servers(edges, i -> "no-check track edges/edge-" + (i + 1));
        return Files.readString(SHIPPED)
                .replaceFirst("(?m)^resolvers names\\n(  .*\\n)+", "")
                .replaceFirst("(?m)^  server edge-1 .* weight .*\\n  server edge-2 .*$", hashed)
                .replaceFirst("(?m)^  server edge-1 .* track .*\\n  server edge-2 .*$", any)
                .replaceAll("(ingest|issuer):80\\d0", "127.0.0.1:1")
                .replace(" resolvers names", "")
                .replace("/tmp/haproxy.sock", directory.resolve("haproxy.sock").toString())
                .replace("bind :8080", "bind 127.0.0.1:" + port)
                .replace("bind :8404", "bind 127.0.0.1:" + FreePorts.next());
    }

    private static String servers(List<EdgeProcess> edges, IntFunction<String> options) {
        return IntStream.range(0, edges.size())
                .mapToObj(i -> "  server edge-" + (i + 1) + " 127.0.0.1:"
                        + edges.get(i).port() + " " + options.apply(i))
                .collect(Collectors.joining("\n"));
    }

    private boolean isListening() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Where clients connect. */
    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
