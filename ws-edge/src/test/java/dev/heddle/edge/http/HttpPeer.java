package dev.heddle.edge.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An HTTP client that speaks bytes, reads a response as it comes, and tells a clean end from a broken one. */
final class HttpPeer implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket;
    private final InputStream in;
    private int status;
    private final Map<String, String> headers = new TreeMap<>();
    private final ByteArrayOutputStream raw = new ByteArrayOutputStream();
    private byte[] chunk = new byte[0];
    private int at;
    private End end = End.OPEN;

    /** The end of a response. */
    enum End {
        OPEN,
        CLEAN,
        BROKEN
    }

    /** One server-sent event. */
    record Told(@Nullable String id, ObjectNode event) {
        String type() {
            return event.path("type").asText();
        }
    }

    HttpPeer(int port) {
        this(port, new Socket());
    }

    /** Over a socket that is not connected yet. */
    HttpPeer(int port, Socket unconnected) {
        try {
            socket = unconnected;
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new AssertionError("cannot connect", e);
        }
    }

    /** Sends a request; the head's line ends are added. */
    HttpPeer send(String line, List<String> more, byte[] body) {
        StringBuilder head = new StringBuilder(line).append("\r\nHost: h\r\n");
        more.forEach(header -> head.append(header).append("\r\n"));
        try {
            socket.getOutputStream().write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write(body);
            socket.getOutputStream().flush();
        } catch (IOException e) {
            throw new AssertionError("cannot write", e);
        }
        return this;
    }

    /** Sends more bytes. */
    void send(String more) {
        try {
            socket.getOutputStream().write(more.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
        } catch (IOException e) {
            throw new AssertionError("cannot write", e);
        }
    }

    /** Reads the head of the answer. */
    HttpPeer head() {
        String first = line();
        status = Integer.parseInt(first.substring(9, 12));
        headers.clear();
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).trim());
        }
        return this;
    }

    int status() {
        return status;
    }

    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** The body of an answer with a length. */
    String body() {
        try {
            return new String(in.readNBytes(Integer.parseInt(header("content-length"))), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError("no body", e);
        }
    }

    /** The next server-sent event; null at the end. Comments are passed over. */
    @Nullable
    Told next() {
        String id = null;
        while (true) {
            String line = bodyLine();
            if (line == null) {
                return null;
            } else if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("data: ")) {
                return new Told(id, Json.parseObject(line.substring(6)));
            }
        }
    }

    /** All events until the end. */
    List<Told> all() {
        List<Told> all = new ArrayList<>();
        for (Told told = next(); told != null; told = next()) {
            all.add(told);
        }
        return all;
    }

    /** Reads on until the end, and tells what end it was. */
    End end() {
        all();
        return end;
    }

    /** All bytes of the body so far. */
    byte[] raw() {
        return raw.toByteArray();
    }

    /** The next line of the body; null at the end. */
    @Nullable
    String bodyLine() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = bodyByte(); next >= 0; next = bodyByte()) {
            if (next == '\n') {
                return line.toString(StandardCharsets.UTF_8);
            }
            line.write(next);
        }
        return null;
    }

    private int bodyByte() {
        if (at == chunk.length && !nextChunk()) {
            return -1;
        }
        raw.write(chunk[at]);
        return chunk[at++] & 0xFF;
    }

    private boolean nextChunk() {
        if (end != End.OPEN) {
            return false;
        }
        try {
            if (!header("transfer-encoding").equals("chunked")) {
                int next = in.read();
                end = next < 0 ? End.CLEAN : End.OPEN;
                chunk = next < 0 ? new byte[0] : new byte[] {(byte) next};
            } else {
                int size = Integer.parseInt(line(), 16);
                chunk = in.readNBytes(size);
                line();
                end = size == 0 ? End.CLEAN : End.OPEN;
                if (chunk.length < size) {
                    end = End.BROKEN;
                }
            }
        } catch (IOException | BrokenHeadException e) {
            end = End.BROKEN;
            chunk = new byte[0];
        }
        at = 0;
        return chunk.length > 0;
    }

    private String line() {
        try {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    throw new BrokenHeadException();
                }
                if (next != '\r') {
                    line.write(next);
                }
            }
            return line.toString(StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new BrokenHeadException();
        }
    }

    /** True if the connection ended without an answer. */
    boolean isEnded() {
        try {
            return in.read() < 0;
        } catch (IOException e) {
            return true;
        }
    }

    private static final class BrokenHeadException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError("cannot close", e);
        }
    }
}
