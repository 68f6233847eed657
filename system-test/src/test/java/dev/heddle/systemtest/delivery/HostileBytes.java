package dev.heddle.systemtest.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;

/** What hostile clients send: frames and request heads that no decent client would, some of them with a bit turned. */
final class HostileBytes {

    private static final int FIN = 0x80;
    private static final int COMPRESSED = 0x40;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final byte[] BOMB = deflated(8 << 20);

    private static final List<byte[]> FRAMES = List.of(
            // JSON without end: nested, repeated, laughing.
            frame(FIN | TEXT, "[".repeat(60_000)),
            frame(FIN | TEXT, "{\"a\":".repeat(10_000)),
            frame(FIN | TEXT, "{\"type\":\"ping\",\"x\":" + "[".repeat(30_000) + "]".repeat(30_000) + "}"),
            frame(FIN | TEXT, "{" + "\"a\":[],".repeat(8_000) + "\"type\":\"ping\"}"),
            frame(FIN | TEXT, "{\"type\":\"ping\",\"n\":" + "9".repeat(60_000) + "}"),
            frame(FIN | TEXT, "{\"type\":\"ping\",\"n\":1e999999999}"),
            frame(FIN | TEXT, "{\"type\":\"" + "\\u0000".repeat(10_000) + "\"}"),
            frame(FIN | TEXT, "{\"type\":\"launch\"}"),
            frame(FIN | TEXT, "{\"type\":\"token\",\"token\":\"" + "e".repeat(60_000) + "\"}"),
            frame(FIN | TEXT, "{\"type\":\"command\",\"id\":\"\\ud800\",\"command\":\"run.start\"}"),
            // Compressed, though nobody has agreed to that: 8 KiB that would be 8 MiB.
            frame(FIN | COMPRESSED | TEXT, BOMB),
            frame(COMPRESSED | TEXT, BOMB),
            // Framing.
            frame(FIN | TEXT, new byte[] {'"', (byte) 0xC0, (byte) 0x80, '"'}),
            frame(FIN | BINARY, new byte[100]),
            frame(FIN | 11, new byte[2]),
            frame(TEXT, "{\"type\":"),
            frame(0, new byte[0]),
            frame(FIN | PING, new byte[125]),
            frame(FIN | CLOSE, new byte[] {9}),
            new byte[] {(byte) 0x81, 2, '{', '}'},
            new byte[] {(byte) 0x81, (byte) 0xFF, 0x7F, -1, -1, -1, -1, -1, -1, -1, 1, 2, 3, 4});

    private static final List<String> HEADS = List.of(
            "GET /v1/stream HTTP/1.1\r\nHost: x\r\n",
            "POST /v1/stream HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\n",
            "POST /v1/partition HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 900000000\r\n\r\n\u001f\u008b\b",
            "GET /v1/stream?cursor=%ff%00&from=%2 HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /v1/../v1/stream?x=" + "eyJ".repeat(500) + " HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /v1/stream?x=" + "x".repeat(60_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /v1/partition HTTP/1.1\r\n" + "X: y\r\n".repeat(5_000) + "\r\n",
            "GET /v1/agents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + "a.".repeat(4_000) + "\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
            upgrade("eyJ.eyJ.x"),
            upgrade("eyJhbGciOiJFUzI1NiIsImtpZCI6ImludmVudGVkIn0.e30." + "A".repeat(86)));

    private HostileBytes() {}

    /** A request for a stream with this token, which offers to compress. */
    static String upgrade(String token) {
        return String.join(
                "\r\n",
                "GET /v1/stream?snapshot=false HTTP/1.1",
                "Host: x",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits; server_no_context_takeover",
                "Sec-WebSocket-Protocol: heddle.v1",
                "Authorization: Bearer " + token,
                "",
                "");
    }

    /** One of the heads. */
    static String head(Random random) {
        return HEADS.get(random.nextInt(HEADS.size()));
    }

    /** One of the frames, or nearly. */
    static byte[] frame(Random random) {
        byte[] frame = FRAMES.get(random.nextInt(FRAMES.size()));
        if (random.nextInt(4) > 0) {
            return frame;
        }
        byte[] turned = frame.clone();
        turned[random.nextInt(turned.length)] ^= (byte) (1 << random.nextInt(8));
        return turned;
    }

    private static byte[] frame(int first, String text) {
        return frame(first, text.getBytes(UTF_8));
    }

    private static byte[] frame(int first, byte[] payload) {
        byte[] mask = {1, 2, 3, 4};
        ByteArrayOutputStream frame = new ByteArrayOutputStream(payload.length + 8);
        frame.write(first);
        if (payload.length < 126) {
            frame.write(0x80 | payload.length);
        } else {
            frame.write(0x80 | 126);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        }
        frame.writeBytes(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ mask[i % 4]);
        }
        return frame.toByteArray();
    }

    private static byte[] deflated(int zeros) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        deflater.setInput(new byte[zeros]);
        deflater.finish();
        byte[] small = new byte[32 << 10];
        int length = deflater.deflate(small);
        deflater.end();
        return Arrays.copyOf(small, length);
    }
}
