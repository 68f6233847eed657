package dev.heddle.systemtest.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.bench.process.EdgeMetrics;
import dev.heddle.bench.process.JavaProcess;
import dev.heddle.bench.process.Usage;
import dev.heddle.testing.FreePorts;
import dev.heddle.testing.HostileCrowd;
import dev.heddle.testing.HostileCrowd.Script;
import dev.heddle.token.TokenSigner;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands who never finish what comes before authentication, and come back when they are cut: others come in within
 * two seconds, and the edge's memory stays as it was.
 */
final class HalfHandshakesTest {

    private static final int CROWD = Scale.of(400, 5_000);
    private static final int GOOD = Scale.of(10, 100);
    private static final int WARM = 10;
    private static final Duration AT_MOST = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long FLAT_BYTES = 48L << 20;
    private static final String HALF = String.join(
            "\r\n",
            "GET /v1/stream HTTP/1.1",
            "Host: h",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: heddle.v1",
            "");

    @Test
    void othersComeInAndMemoryStaysAsItWas(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.in(directory);
        int management = FreePorts.next();
        try (Cluster cluster = Cluster.start(8);
                JavaProcess edge = edge(cluster, tokens, management, directory)) {
            int port = URI.create(edge.ready()).getPort();
            hold(port, tokens, new Histogram(3), WARM);
            Usage cold = edge.probe().collect();
            Beside warm = besideCrowds(port, tokens, edge, WARM);
            Usage before = settled(edge, management);
            Beside beside = besideCrowds(port, tokens, edge, GOOD);
            Histogram took = beside.took();
            Usage after = settled(edge, management);
            Usage grown = after.since(before);
            Scale.measured(
                    "half handshakes: %d, and %d sockets with a byte a minute; others came in after %s; heap MiB: %s;"
                            + " resident MiB: %s",
                    CROWD,
                    CROWD,
                    Scale.milliseconds(took),
                    course(Usage::heapBytes, cold, warm.during(), before, beside.during(), after),
                    course(Usage::residentBytes, cold, warm.during(), before, beside.during(), after));
            assertTrue(
                    took.getMaxValue() <= AT_MOST.toNanos(), "the slowest: " + took.getMaxValue() / 1_000_000 + " ms");
            assertTrue(grown.residentBytes() < FLAT_BYTES, "resident memory grew by " + grown.residentBytes());
            assertTrue(grown.heapBytes() < FLAT_BYTES, "heap grew by " + grown.heapBytes());
        }
    }

    /** How long others took to come in, and what the edge used while the crowds and they were there. */
    private record Beside(Histogram took, Usage during) {}

    /** At first, with the first crowds, after them, with crowds, and at the end. */
    private static String course(ToLongFunction<Usage> bytes, Usage... looks) {
        return Stream.of(looks)
                .map(look -> String.format(Locale.ROOT, "%.1f", bytes.applyAsLong(look) / 1048576.0))
                .collect(Collectors.joining(", "));
    }

    private static Beside besideCrowds(int port, TokenSigner tokens, JavaProcess edge, int good) {
        Histogram took = new Histogram(3);
        try (HostileCrowd half = HostileCrowd.start(port, CROWD, Script.of(HALF));
                HostileCrowd slow =
                        HostileCrowd.start(port, CROWD, Script.trickling("GET /v1/s", "t", Duration.ofMinutes(1)))) {
            await("the crowds are there").atMost(LIMIT).until(() -> half.opened() >= CROWD && slow.opened() >= CROWD);
            hold(port, tokens, took, good);
            return new Beside(took, edge.probe().collect());
        }
    }

    /**
     * Comes in one after the other, each with more tries if it was the one that made room, and stays until all are in.
     */
    private static void hold(int port, TokenSigner tokens, Histogram took, int good) {
        HttpClient http = HttpClient.newHttpClient();
        List<WebSocket> held = new ArrayList<>();
        for (int i = 0; i < good; i++) {
            String token = tokens.token("good-" + i);
            long began = System.nanoTime();
            WebSocket socket = null;
            while (socket == null && System.nanoTime() - began < LIMIT.toNanos()) {
                socket = tryOnce(http, port, token);
            }
            took.recordValue(System.nanoTime() - began);
            if (socket != null) {
                held.add(socket);
            }
        }
        held.forEach(WebSocket::abort);
    }

    /** Null if the connection was cut before it said hello. */
    private static @Nullable WebSocket tryOnce(HttpClient http, int port, String token) {
        CompletableFuture<Boolean> hello = new CompletableFuture<>();
        try {
            WebSocket socket = http.newWebSocketBuilder()
                    .subprotocols("heddle.v1", "bearer." + token)
                    .buildAsync(URI.create("ws://127.0.0.1:" + port + "/v1/stream"), new FirstFrame(hello))
                    .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                    .join();
            return hello.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join() ? socket : null;
        } catch (CompletionException cut) {
            return null;
        }
    }

    private record FirstFrame(CompletableFuture<Boolean> hello) implements WebSocket.Listener {
        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            hello.complete(true);
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            hello.complete(false);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            hello.complete(false);
        }
    }

    private static JavaProcess edge(Cluster cluster, TokenSigner tokens, int management, Path directory) {
        List<String> arguments = new ArrayList<>(List.of("edge"));
        cluster.edgeSettings(tokens).forEach(setting -> arguments.addAll(List.of("--set", setting)));
        arguments.addAll(List.of("--management-port", Integer.toString(management)));
        List<String> jvm = List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch");
        return JavaProcess.launch(
                new JavaProcess.Program("edge", "dev.heddle.local.Heddle", jvm, arguments), directory, LIMIT);
    }

    private static Usage settled(JavaProcess edge, int management) {
        await("nobody is left").atMost(LIMIT).until(() -> {
            EdgeMetrics metrics = EdgeMetrics.of(management);
            return metrics.get("heddle_edge_sockets_waiting") == 0
                    && metrics.get("heddle_edge_connections_admitted") == 0;
        });
        return edge.probe().collect();
    }
}
