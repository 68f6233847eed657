package dev.heddle.systemtest.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.bench.process.Tokens;
import dev.heddle.edge.Edge;
import dev.heddle.event.Json;
import dev.heddle.testing.Await;
import dev.heddle.testing.FreePorts;
import dev.heddle.testing.TokenAttacks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each refusal, limit and close code, seen by Python's {@code websockets}: from nearby, and through HAProxy. Without the one or the other it is skipped, and says so. */
final class RefusalsFromOutsideTest {

    private static final String LIBRARY = "import websockets";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void eachHasItsExactCode(@TempDir Path directory) throws IOException, InterruptedException {
        String python = python();
        Tokens tokens = Tokens.in(directory);
        try (Cluster cluster = Cluster.start(4);
                Edge edge = edge(cluster, tokens)) {
            judge(python, tokens, edge.port());
        }
    }

    @Test
    void andThroughABalancerToo(@TempDir Path directory) throws IOException, InterruptedException {
        String python = python();
        if (!runs("haproxy", "-v")) {
            skipped("HAProxy");
        }
        Tokens tokens = Tokens.in(directory);
        try (Cluster cluster = Cluster.start(4);
                Edge edge = edge(cluster, tokens)) {
            int port = FreePorts.next();
            Process balancer = balancer(directory, port, edge.port());
            try {
                Await.until("HAProxy listens", LIMIT, () -> isListening(port));
                judge(python, tokens, port);
            } finally {
                balancer.destroy();
                balancer.waitFor();
            }
        }
    }

    private static Edge edge(Cluster cluster, Tokens tokens) {
        return cluster.startEdge(
                tokens,
                "limits.maxFrameBytes=4KiB",
                "limits.maxFragments=8",
                "limits.connectionsPerUser=3",
                "limits.framesPerSecond=50",
                "limits.frameBurst=100",
                "http.trustedProxies=127.0.0.1");
    }

    private static void judge(String python, Tokens tokens, int port) throws IOException, InterruptedException {
        ObjectNode plan = Json.object().put("url", "ws://127.0.0.1:" + port + "/v1/stream");
        ObjectNode given = plan.putObject("tokens");
        given.put("good", tokens.of("outsider"))
                .put("other", tokens.of("someone else"))
                .put("crowd", tokens.of("crowd"))
                .put("brief", tokens.endingIn("brief", 3));
        TokenAttacks.of(tokens.key()).forEach((name, token) -> given.put(name, token));
        plan.putObject("limits")
                .put("maxFrameBytes", 4096)
                .put("maxFragments", 8)
                .put("connectionsPerUser", 3)
                .put("frames", 400);
        Process program = new ProcessBuilder(python, "refusals.py")
                .directory(Path.of("interop-python").toAbsolutePath().toFile())
                .redirectErrorStream(true)
                .start();
        program.getOutputStream().write(plan.toString().getBytes(StandardCharsets.UTF_8));
        program.getOutputStream().close();
        String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        System.out.print(said);
        assertEquals(0, program.waitFor(), said);
    }

    private static boolean isListening(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static Process balancer(Path directory, int port, int edge) throws IOException {
        Path config = directory.resolve("haproxy.cfg");
        Files.writeString(config, """
                defaults
                  mode http
                  timeout connect 5s
                  timeout client 30s
                  timeout server 30s
                  timeout tunnel 60s
                  option forwardfor
                frontend in
                  bind 127.0.0.1:%d
                  default_backend edges
                backend edges
                  server edge 127.0.0.1:%d
                """.formatted(port, edge));
        return new ProcessBuilder("haproxy", "-f", config.toString(), "-db")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("haproxy.log").toFile())
                .start();
    }

    /** A Python that has the library: the first one on the PATH may be another than the system's. */
    private static String python() throws InterruptedException {
        for (String candidate : List.of("python3", "/usr/bin/python3")) {
            if (runs(candidate, "-c", LIBRARY)) {
                return candidate;
            }
        }
        return skipped("Python with the library websockets");
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(List.of(command))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Skips the test, visibly, where a program is not installed. */
    private static String skipped(String what) {
        System.out.println("skipped: there is no " + what);
        return Assumptions.abort("there is no " + what);
    }
}
