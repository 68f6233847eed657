package dev.heddle.trace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class TracingTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final byte[] PARENT = ("00-" + TRACE + "-b7ad6b7169203331-01").getBytes(US_ASCII);

    @Test
    void stepsOfOneTraceReachTheCollector() throws IOException {
        List<String> bodies = new CopyOnWriteArrayList<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        String endpoint = "http://127.0.0.1:" + collector.getAddress().getPort() + "/";
        try (Tracing tracing = Tracing.open(new TraceConfig(endpoint, 1), "test")) {
            TraceSpan step = tracing.begin("first step", PARENT);
            String header = new String(Objects.requireNonNull(step.header()), US_ASCII);
            assertTrue(header.startsWith("00-" + TRACE + "-") && header.endsWith("-01"), header);
            assertFalse(header.contains("b7ad6b7169203331"), header);
            step.end();
            tracing.begin("failing step", null).fail("unavailable");
            tracing.done("last step", header.getBytes(US_ASCII), 1_700_000_000_000L);
            String id = new String(HexFormat.of().parseHex(TRACE), ISO_8859_1);
            for (String expected : List.of("first step", "failing step", "last step", "unavailable", "test", id)) {
                await("a span of the " + expected).atMost(LIMIT).until(() -> String.join("", bodies)
                        .contains(expected));
            }
        } finally {
            collector.stop(0);
        }
    }

    @Test
    void offIsNothing() {
        Tracing off = Tracing.open(TraceConfig.off(), "test");
        assertFalse(off.isOn());
        assertNull(off.begin("step", null).header());
        TraceSpan passing = off.take("step", PARENT);
        assertArrayEquals(PARENT, passing.header(), "a trace goes on through a process that does not trace");
        passing.end();
        off.done("step", PARENT, 0);
        off.close();
    }

    @Test
    void aCollectorThatIsAwayIsNoError() {
        TraceConfig config = new TraceConfig("http://127.0.0.1:1", 1);
        Tracing tracing = Tracing.open(config, "test", Duration.ofMillis(500));
        for (int i = 0; i < 10_000; i++) {
            tracing.begin("step", null).end();
        }
        long begun = System.nanoTime();
        tracing.close();
        assertTrue(System.nanoTime() - begun < LIMIT.toNanos(), "it waits for a collector that is away");
    }

    @Test
    void onlyWhatTheRecommendationAsksForIsAParent() {
        assertTrue(TraceParent.read(PARENT).isValid());
        String good = new String(PARENT, US_ASCII);
        for (String bad : List.of(
                "",
                good + "0",
                good.toUpperCase(Locale.ROOT),
                good.replace("00-0a", "01-0a"),
                good.replace(TRACE, "0".repeat(32)),
                good.replace("b7ad6b7169203331", "0".repeat(16)),
                good.replace('-', '_'),
                good.replace("-01", "-0g"))) {
            assertFalse(TraceParent.read(bad.getBytes(US_ASCII)).isValid(), bad);
        }
        assertEquals(55, PARENT.length);
    }

    @Test
    void anEventBearsTheTraceOnlyIfSomebodyKeepsIt() {
        String kept = new String(PARENT, US_ASCII);
        assertArrayEquals(PARENT, TraceParent.ofEvents(kept));
        assertNull(TraceParent.ofEvents(kept.replace("-01", "-00")));
        assertNull(TraceParent.ofEvents(null));
        assertThrows(IllegalArgumentException.class, () -> TraceParent.ofEvents("nonsense"));
        assertEquals(kept, TraceParent.text(PARENT));
        assertNull(TraceParent.text("nonsense".getBytes(US_ASCII)));
    }

    @Test
    void whatCannotBeIsTold() {
        assertThrows(IllegalArgumentException.class, () -> new TraceConfig("collector:4318", 1));
        assertThrows(IllegalArgumentException.class, () -> new TraceConfig(null, Double.NaN));
    }

    @Test
    void whatIsOffCostsNothing() {
        Tracing off = Tracing.open(new TraceConfig(null, 1), "test");
        int times = 100_000;
        step(off, times);
        ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        step(off, times);
        long bytes = threads.getThreadAllocatedBytes(thread) - before;
        assertTrue(bytes < times, bytes + " bytes for " + times + " steps");
        assertFalse(off.isOn());
    }

    private static void step(Tracing tracing, int times) {
        for (int i = 0; i < times; i++) {
            TraceSpan step = tracing.begin("a step", null);
            tracing.done("another", PARENT, i);
            assertNull(step.header());
            step.end();
        }
    }
}
