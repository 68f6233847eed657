package dev.heddle.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One connection of one user. It speaks the WebSocket protocol as far as a client of Heddle needs it (RFC 6455:
 * unfragmented text, ping, close). Owned by its fleet's thread; the fields that other threads read are volatile.
 */
public final class FleetConnection {
    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(US_ASCII);
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int FINAL = 0x80;
    private static final byte[] NOTHING = {};

    private final int user;
    private final Receiver receiver;
    private @Nullable SelectionKey key;
    private @Nullable SocketChannel channel;
    private byte[] carried = NOTHING;
    private boolean upgraded;
    private long restUntil = System.nanoTime();
    private long lostAt;
    private volatile long connectAt;
    private volatile long greetedAt;
    private volatile long caughtUpAt;

    /** A frame's first byte, and the range of its payload. */
    private record Frame(int first, int from, int to) {}

    FleetConnection(int user, Receiver receiver) {
        this.user = user;
        this.receiver = receiver;
    }

    /** The index of its user. */
    public int user() {
        return user;
    }

    /** The connection's checker of received events, which keeps its cursor. */
    public Receiver receiver() {
        return receiver;
    }

    /** The time of the last attempt to connect, by {@link System#nanoTime()}; 0 if there was none. */
    public long connectAt() {
        return connectAt;
    }

    /** The time of the present connection's first frame, by {@link System#nanoTime()}; 0 until then. */
    public long greetedAt() {
        return greetedAt;
    }

    /** The time of the present connection's {@code caughtUp} frame, by {@link System#nanoTime()}; 0 until then. */
    public long caughtUpAt() {
        return caughtUpAt;
    }

    // ---- the fleet's thread

    void opened(SocketChannel opening, SelectionKey registered, long now) {
        channel = opening;
        key = registered;
        carried = NOTHING;
        upgraded = false;
        greetedAt = 0;
        caughtUpAt = 0;
        connectAt = now;
    }

    /** True if it is connected or about to be. */
    boolean isOpen() {
        return channel != null;
    }

    /** Sets the earliest time of the next attempt to connect, by {@link System#nanoTime()}. */
    void rest(long until) {
        restUntil = until;
    }

    long restUntil() {
        return restUntil;
    }

    boolean isGreeted() {
        return greetedAt != 0;
    }

    /** Notes the time at which a connection was lost that had received its first frame. */
    void lost(long now) {
        if (lostAt == 0) {
            lostAt = now;
        }
    }

    /** The time from losing the previous connection to this one's first frame, in ns; 0 if none was lost. Resets it. */
    long backAfter() {
        long away = lostAt == 0 ? 0 : greetedAt - lostAt;
        lostAt = 0;
        return away;
    }

    void interest(int operations) {
        if (key != null && key.isValid()) {
            key.interestOps(operations);
        }
    }

    /** Closes the socket, if there is one. */
    void cut() {
        greetedAt = 0;
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // It is gone either way.
        }
        channel = null;
        key = null;
    }

    /** Takes bytes that were read, and keeps an incomplete frame for the next call. */
    void take(byte[] data, int length, long now) throws IOException {
        byte[] all = data;
        int to = length;
        if (carried.length > 0) {
            all = Arrays.copyOf(carried, carried.length + length);
            System.arraycopy(data, 0, all, carried.length, length);
            to = all.length;
        }
        int at = 0;
        if (!upgraded) {
            int end = EventTemplate.indexOf(all, HEAD_END, 0, to);
            if (end >= 0) {
                upgrade(new String(all, 0, end, US_ASCII));
                at = end + HEAD_END.length;
            }
        }
        if (upgraded) {
            at = frames(all, at, to, now);
        }
        carried = at == to ? NOTHING : Arrays.copyOfRange(all, at, to);
    }

    private void upgrade(String head) throws IOException {
        if (!head.startsWith("HTTP/1.1 101")) {
            throw new ProtocolException(head.lines().findFirst().orElse("no answer"));
        }
        upgraded = true;
    }

    /** Takes every complete frame and returns the position of the first incomplete one. */
    private int frames(byte[] data, int from, int to, long now) throws IOException {
        int at = from;
        while (to - at >= 2) {
            int length = data[at + 1] & 0x7f;
            int head = length < 126 ? 2 : length == 126 ? 4 : 10;
            if (to - at < head) {
                return at;
            }
            if (length >= 126) {
                length = 0;
                for (int i = at + 2; i < at + head; i++) {
                    length = (length << 8) | (data[i] & 0xff);
                }
            }
            if (to - at < head + length) {
                return at;
            }
            frame(data, new Frame(data[at] & 0xff, at + head, at + head + length), now);
            at += head + length;
        }
        return at;
    }

    private void frame(byte[] data, Frame frame, long now) throws IOException {
        ByteBuffer payload = ByteBuffer.wrap(data, frame.from(), frame.to() - frame.from());
        switch (frame.first() ^ FINAL) {
            case TEXT -> text(data, frame, now);
            case PING -> pong(payload);
            case PONG -> {}
            case CLOSE ->
                throw new EOFException(
                        payload.remaining() < 2 ? "close" : "close " + payload.getShort(payload.position()));
            default -> throw new ProtocolException("a frame that begins with " + frame.first());
        }
    }

    private void text(byte[] data, Frame frame, long now) {
        if (greetedAt == 0) {
            greetedAt = now;
        }
        if (receiver.text(data, frame.from(), frame.to(), now)) {
            caughtUpAt = now;
        }
    }

    /** Sends a pong with the masking key 0, which leaves the payload unchanged. */
    private void pong(ByteBuffer payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(6 + payload.remaining());
        frame.put((byte) (FINAL | PONG))
                .put((byte) (0x80 | payload.remaining()))
                .putInt(0)
                .put(payload)
                .flip();
        if (channel != null) {
            channel.write(frame);
        }
    }
}
