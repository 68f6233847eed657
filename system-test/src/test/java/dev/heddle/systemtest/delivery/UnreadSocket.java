package dev.heddle.systemtest.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.event.Json;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A client of {@code heddle.v1} that reads nothing after the handshake until it is asked for events, and whose kernel
 * holds little for it.
 */
final class UnreadSocket implements AutoCloseable {
    private static final int RECEIVE_BUFFER_BYTES = 16 * 1024;
    private static final int PATIENCE_MILLIS = 300_000;
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int LENGTH_OF_TWO_BYTES = 126;
    private static final int LENGTH_OF_EIGHT_BYTES = 127;

    private final Socket socket;
    private final DataInputStream in;

    private UnreadSocket(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    static UnreadSocket connect(int port, String token, String query) {
        try {
            Socket socket = new Socket();
            // Before it connects, or the window that is offered grows all by itself.
            socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.getOutputStream()
                    .write(("GET /v1/stream?" + query + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                                    + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: heddle.v1\r\n"
                                    + "Authorization: Bearer " + token + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            UnreadSocket client = new UnreadSocket(socket);
            String head = client.head();
            if (!head.startsWith("HTTP/1.1 101")) {
                throw new AssertionError(head);
            }
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString();
    }

    /** The {@code runSeq} of the next events, as many as are asked for; fails if the edge closes. */
    List<Integer> sequenceNumbers(int count) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        while (numbers.size() < count) {
            int opcode = in.readUnsignedByte() & 0x0F;
            long length = in.readUnsignedByte();
            if (length == LENGTH_OF_TWO_BYTES) {
                length = in.readUnsignedShort();
            } else if (length == LENGTH_OF_EIGHT_BYTES) {
                length = in.readLong();
            }
            byte[] payload = in.readNBytes(Math.toIntExact(length));
            if (opcode == CLOSE) {
                throw new AssertionError("closed after " + numbers);
            }
            if (opcode == TEXT) {
                JsonNode frame = Json.parseObject(new String(payload, StandardCharsets.UTF_8));
                frame.path("events")
                        .forEach(item -> numbers.add(item.path("runSeq").asInt()));
            }
        }
        return numbers;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
