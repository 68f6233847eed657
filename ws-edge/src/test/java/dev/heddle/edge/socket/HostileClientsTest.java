package dev.heddle.edge.socket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.edge.EdgeConfig;
import dev.heddle.testing.Await;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.TestTokens;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A storm of nonsense, and what it does to everybody else. With {@code -Pfull} fifty times as long, and the figures are asserted. */
class HostileClientsTest {

    private static final boolean FULL = Boolean.getBoolean("heddle.full");
    private static final int STORM = FULL ? 1_000_000 : 20_000;
    private static final int SILENT = FULL ? 5_000 : 2_500;
    private static final int ATTACKERS = 4;
    private static final int SAMPLES = 200;
    private static final long SEED = 42;
    private static final long FLAT_BYTES = 24L << 20;
    private static final Duration LIMIT = Duration.ofMinutes(8);

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final byte[][] FRAMES = {
        RawClient.masked(RawClient.FIN | RawClient.TEXT, "[".repeat(40_000).getBytes(UTF_8)),
        RawClient.masked(RawClient.FIN | RawClient.TEXT, "{\"type\":\"launch\"}".getBytes(UTF_8)),
        RawClient.masked(RawClient.FIN | RawClient.TEXT, new byte[] {'"', (byte) 0xC0, (byte) 0x80, '"'}),
        RawClient.masked(RawClient.FIN | RawClient.TEXT | 0x40, new byte[] {(byte) 0xAA, 0x56, 0x4A}),
        RawClient.masked(RawClient.FIN | RawClient.BINARY, new byte[100]),
        RawClient.masked(RawClient.FIN | 11, new byte[2]),
        RawClient.masked(RawClient.TEXT, "{\"type\":".getBytes(UTF_8)),
        RawClient.masked(0, new byte[0]),
        RawClient.masked(RawClient.FIN | RawClient.PING, new byte[125]),
        RawClient.unmasked(RawClient.FIN | RawClient.TEXT, "{\"type\":\"ping\"}".getBytes(UTF_8)),
        {(byte) 0x81, (byte) 0xFF, 0x7F, -1, -1, -1, -1, -1, -1, -1, 1, 2, 3, 4},
        {(byte) 0x88, (byte) 0x81, 1, 2, 3, 4, 9}
    };

    private static final String[] HEADS = {
        "GET /v1/stream HTTP/1.1\r\nHost: x\r\n",
        "POST /v1/stream HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\n",
        "GET /v1/stream?cursor=%ff%00&from=%2 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /v1/../v1/stream?x=" + "eyJ".repeat(500) + " HTTP/1.1\r\nHost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
        String.join(
                "\r\n",
                "GET /v1/stream HTTP/1.1",
                "Host: x",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Protocol: heddle.v1, bearer.eyJ.eyJ.x",
                "",
                "")
    };

    private final AtomicInteger sent = new AtomicInteger();

    @Test
    void aStormOfNonsenseLeavesOthersServedAndMemoryAsItWas(@TempDir Path directory) {
        TestTokens tokens = TestTokens.in(directory);
        try (EdgeRig rig = EdgeRig.start(KAFKA.bootstrapServers(), tokens, HostileClientsTest::open);
                TestClient good = rig.connect("good", "")) {
            good.next("caughtUp");
            latencies(rig, good, SAMPLES);
            double before = p99(latencies(rig, good, SAMPLES));
            storm(rig, STORM / 10, () -> {});
            long heap = settled(rig);
            List<Long> during = new ArrayList<>();
            storm(rig, STORM, () -> during.addAll(latencies(rig, good, 1)));
            long after = settled(rig);
            double ratio = p99(during) / before;
            System.out.println(String.format(
                    Locale.ROOT,
                    "measured: %d hostile frames and handshakes: others' p99 %.1f ms before, %.1f ms during (ratio %.1f, %d samples), memory %+.1f MiB",
                    sent.get(),
                    before,
                    p99(during),
                    ratio,
                    during.size(),
                    (after - heap) / 1048576.0));
            assertTrue(after - heap < FLAT_BYTES, "memory grew by " + (after - heap) + " bytes");
            if (FULL) {
                assertTrue(ratio <= 2, "the others' p99 is " + ratio + " times what it was");
            }
        }
    }

    private static EdgeConfig open(EdgeConfig config) {
        return config.withHttp(
                config.http().withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(1)));
    }

    /** Attacks until so much more has been sent; meanwhile this thread does something else again and again. */
    private void storm(EdgeRig rig, int count, Runnable meanwhile) {
        int end = sent.get() + count;
        String token = rig.tokens().token("hostile");
        List<CompletableFuture<Void>> attackers = new ArrayList<>();
        for (int i = 0; i < ATTACKERS; i++) {
            Random random = new Random(SEED + i);
            attackers.add(CompletableFuture.runAsync(() -> {
                while (sent.get() < end) {
                    attack(rig.port(), token, random);
                }
            }));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(attackers.toArray(CompletableFuture[]::new));
        while (!all.isDone()) {
            meanwhile.run();
        }
        all.join();
    }

    private void attack(int port, String token, Random random) {
        try (RawClient client = new RawClient(port)) {
            if (random.nextInt(3) == 0) {
                byte[] head = HEADS[random.nextInt(HEADS.length)].getBytes(ISO_8859_1);
                client.tryWrite(random.nextBoolean() ? head : Arrays.copyOf(head, random.nextInt(head.length)));
                sent.incrementAndGet();
                return;
            }
            client.handshake(
                    "/v1/stream?snapshot=false",
                    List.of("Sec-WebSocket-Protocol: heddle.v1", "Authorization: Bearer " + token));
            sent.incrementAndGet();
            for (int i = 0; i < 20; i++) {
                byte[] frame = FRAMES[random.nextInt(FRAMES.length)].clone();
                if (random.nextInt(4) == 0) {
                    frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
                }
                client.tryWrite(frame);
                sent.incrementAndGet();
            }
        }
    }

    /** Nanoseconds from publishing to receiving, one event after the other. */
    private static List<Long> latencies(EdgeRig rig, TestClient good, int count) {
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long begun = System.nanoTime();
            rig.publish("good", 0, "tick");
            good.next("events");
            nanos.add(System.nanoTime() - begun);
        }
        return nanos;
    }

    private static double p99(List<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1) / 1e6;
    }

    /** What is in memory once all attackers are gone. */
    private static long settled(EdgeRig rig) {
        Await.until("only the good one is left", LIMIT, () -> rig.meter("heddle_edge_sessions") == 1);
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least + PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }

    @Test
    void socketsThatSayNothingTakeNobodysPlace(@TempDir Path directory) {
        TestTokens tokens = TestTokens.in(directory);
        List<RawClient> silent = new ArrayList<>();
        try (EdgeRig rig = EdgeRig.start(KAFKA.bootstrapServers(), tokens, HostileClientsTest::open);
                TestClient good = rig.connect("good", "")) {
            good.next("caughtUp");
            for (int i = 0; i < SILENT; i++) {
                silent.add(new RawClient(rig.port()));
            }
            rig.publish("good", 0, "tick");
            good.next("events");
            Await.until(
                    "those that are too many or too slow are gone",
                    LIMIT,
                    () -> rig.meter("heddle_edge_sockets_dropped_total") >= SILENT);
            try (TestClient late = rig.connect("late", "")) {
                late.next("hello");
            }
        } finally {
            silent.forEach(RawClient::close);
        }
    }
}
