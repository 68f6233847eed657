package dev.heddle.testing;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/**
 * A collector of traces on loopback. It decodes only the spans of OTLP over HTTP ({@code ExportTraceServiceRequest} in
 * Protocol Buffers). Spans arrive on its own thread; any thread may read them.
 */
public final class OtlpCollector implements AutoCloseable {

    private static final int RESOURCE_SPANS = 1;
    private static final int SCOPE_SPANS = 2;
    private static final int SPANS = 2;
    private static final int TRACE_ID = 1;
    private static final int SPAN_ID = 2;
    private static final int PARENT_SPAN_ID = 4;
    private static final int NAME = 5;

    private final HttpServer server;
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();

    /**
     * The decoded fields of a span.
     *
     * @param parent the id of the span before it, empty if it is the first one
     */
    public record Span(String name, String trace, String id, String parent) {}

    private OtlpCollector(HttpServer server) {
        this.server = server;
    }

    public static OtlpCollector start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            OtlpCollector collector = new OtlpCollector(server);
            server.createContext("/v1/traces", exchange -> {
                collector.take(exchange.getRequestBody().readAllBytes());
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            server.start();
            return collector;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value for the setting {@code tracing.endpoint}. */
    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** All spans that have arrived, in no particular order. */
    public List<Span> spans() {
        return List.copyOf(spans);
    }

    /** The undecoded text of all requests, for checks that a text is not in it. */
    public String text() {
        return String.join("", bodies);
    }

    /** Waits for a span that satisfies the condition and returns the first one. */
    public Span await(String what, Duration limit, Predicate<Span> holds) {
        return Awaitility.await(what)
                .atMost(limit)
                .until(() -> spans.stream().filter(holds).findFirst().orElse(null), Objects::nonNull);
    }

    private void take(byte[] request) {
        bodies.add(new String(request, StandardCharsets.ISO_8859_1));
        new Message(request).forEach((field, resource) -> {
            if (field == RESOURCE_SPANS) {
                new Message(resource).forEach((inner, scope) -> {
                    if (inner == SCOPE_SPANS) {
                        new Message(scope).forEach((last, span) -> {
                            if (last == SPANS) {
                                spans.add(read(new Message(span)));
                            }
                        });
                    }
                });
            }
        });
    }

    private static Span read(Message message) {
        String[] found = {"", "", "", ""};
        message.forEach((field, bytes) -> {
            switch (field) {
                case NAME -> found[0] = new String(bytes, StandardCharsets.UTF_8);
                case TRACE_ID -> found[1] = HexFormat.of().formatHex(bytes);
                case SPAN_ID -> found[2] = HexFormat.of().formatHex(bytes);
                case PARENT_SPAN_ID -> found[3] = HexFormat.of().formatHex(bytes);
                default -> {
                    return; // what else a span says is of no use here
                }
            }
        });
        return new Span(found[0], found[1], found[2], found[3]);
    }

    /** A reader of a Protocol Buffers message that passes on only its length-delimited fields. */
    private static final class Message {
        private final byte[] bytes;
        private int at;

        Message(byte[] bytes) {
            this.bytes = bytes;
        }

        void forEach(BiConsumer<Integer, byte[]> take) {
            while (at < bytes.length) {
                int key = (int) number();
                switch (key & 7) {
                    case 0 -> number();
                    case 1 -> at += 8;
                    case 5 -> at += 4;
                    case 2 -> {
                        int length = (int) number();
                        byte[] value = new byte[length];
                        System.arraycopy(bytes, at, value, 0, length);
                        at += length;
                        take.accept(key >> 3, value);
                    }
                    default -> throw new AssertionError("no such wire type: " + (key & 7));
                }
            }
        }

        private long number() {
            long value = 0;
            int shift = 0;
            byte next;
            do {
                next = bytes[at++];
                value |= (long) (next & 0x7F) << shift;
                shift += 7;
            } while (next < 0);
            return value;
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
