package dev.heddle.edge.socket;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A client that speaks bytes: for handshakes and frames that no decent client would send. */
final class RawClient implements AutoCloseable {

    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    /** The head byte's bit of a last fragment. */
    static final int FIN = 0x80;

    private static final int PATIENCE_MILLIS = 30_000;
    private static final int RECEIVE_BUFFER_BYTES = 64 * 1024;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /** A frame that came in. */
    static final class Frame {
        private final int opcode;
        private final byte[] payload;

        private Frame(int opcode, byte[] payload) {
            this.opcode = opcode;
            this.payload = payload;
        }

        int opcode() {
            return opcode;
        }

        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        int closeCode() {
            return ByteBuffer.wrap(payload).getShort() & 0xFFFF;
        }
    }

    RawClient(int port) {
        this(port, new Socket());
    }

    /** Over a socket that is not connected yet. */
    RawClient(int port, Socket unconnected) {
        try {
            socket = unconnected;
            // Before it connects, or the window that is offered grows all by itself.
            socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = new DataInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        } catch (IOException e) {
            throw new AssertionError("cannot connect", e);
        }
    }

    /** Sends a request for a stream with these further header lines, and gives the head of the answer. */
    String handshake(String target, List<String> headers) {
        StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n")
                .append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        if (headers.stream().noneMatch(header -> header.startsWith("Sec-WebSocket-Version"))) {
            request.append("Sec-WebSocket-Version: 13\r\n");
        }
        headers.forEach(header -> request.append(header).append("\r\n"));
        write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        return head();
    }

    /** Becomes a connection of this token's user, and passes over {@code hello}. */
    static RawClient connected(int port, String token) {
        RawClient client = new RawClient(port);
        String head = client.handshake(
                "/v1/stream", List.of("Sec-WebSocket-Protocol: heddle.v1", "Authorization: Bearer " + token));
        if (!head.startsWith("HTTP/1.1 101")) {
            throw new AssertionError(head);
        }
        Frame hello = client.frame();
        if (!hello.text().startsWith("{\"type\":\"hello\"")) {
            throw new AssertionError(hello.text());
        }
        return client;
    }

    String head() {
        try {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            String text = "";
            while (!text.endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    return text;
                }
                head.write(next);
                text = head.toString(StandardCharsets.ISO_8859_1);
            }
            return text;
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        }
    }

    void write(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            throw new AssertionError("cannot write", e);
        }
    }

    /** Writes without minding that the other side may be gone. */
    void tryWrite(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            // The edge has cut the connection, as it may: what it said before is what the test looks at.
            return;
        }
    }

    /** A masked frame; the first argument is the head byte: FIN bit and opcode. */
    static byte[] masked(int head, byte[] payload) {
        byte[] mask = {1, 2, 3, 4};
        ByteArrayOutputStream frame = header(head, payload.length, 0x80);
        frame.writeBytes(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ mask[i % 4]);
        }
        return frame.toByteArray();
    }

    static byte[] unmasked(int head, byte[] payload) {
        ByteArrayOutputStream frame = header(head, payload.length, 0);
        frame.writeBytes(payload);
        return frame.toByteArray();
    }

    private static ByteArrayOutputStream header(int head, int length, int maskBit) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(head);
        int lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
        header.write(maskBit | (lengthBytes == 0 ? length : lengthBytes == 2 ? 126 : 127));
        for (int shift = 8 * (lengthBytes - 1); shift >= 0; shift -= 8) {
            header.write((int) ((long) length >> shift));
        }
        return header;
    }

    /** The next frame. */
    Frame frame() {
        try {
            int opcode = in.readUnsignedByte() & 0x0F;
            int length = in.readUnsignedByte();
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = (int) in.readLong();
            }
            byte[] payload = new byte[length];
            in.readFully(payload);
            return new Frame(opcode, payload);
        } catch (IOException e) {
            throw new AssertionError("no frame", e);
        }
    }

    /** The code of the next close frame; other frames before it are passed over. */
    int closeCode() {
        Frame frame = frame();
        while (frame.opcode() != CLOSE) {
            frame = frame();
        }
        return frame.closeCode();
    }

    /** Waits until the edge has ended its side of the TCP connection, reset or not; false if it does not. */
    boolean isEnded() {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
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
