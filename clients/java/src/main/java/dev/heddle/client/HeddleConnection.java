package dev.heddle.client;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One connection of {@code heddle.v1}: text frames in both directions. Made by {@link HeddleEndpoint#connect}; it does
 * not reconnect by itself. Thread-safe.
 */
public final class HeddleConnection {
    /** The WebSocket subprotocol. */
    public static final String SUBPROTOCOL = "heddle.v1";

    private static final int NORMAL = 1000;

    private final Listener listener;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile long heardAt = System.nanoTime();
    private volatile @Nullable WebSocket socket;
    private CompletableFuture<?> sent = CompletableFuture.completedFuture(null);
    private boolean paused;
    private long withheld;

    /**
     * The receiver of one connection's frames. Called by one thread at a time; the next frame is read from the socket
     * when the call for the previous one has returned.
     */
    public interface Listener {
        /** Called with the text of each frame, which {@link StreamFrame#parse} reads. */
        void onText(HeddleConnection connection, String text);

        /** Called once, when no further frame comes. */
        void onClosed(HeddleConnection connection, Disconnection end);
    }

    HeddleConnection(Listener listener) {
        this.listener = listener;
    }

    /** The subprotocol that the edge chose. */
    public String subprotocol() {
        return open().getSubprotocol();
    }

    /**
     * Sends a text frame behind all earlier ones.
     *
     * @return complete when the frame has been written
     */
    public synchronized CompletableFuture<?> send(String frame) {
        CompletableFuture<?> next =
                sent.handle((done, failed) -> null).thenCompose(before -> open().sendText(frame, true));
        sent = next;
        return next;
    }

    /** Sends a command. */
    public CompletableFuture<?> send(Command command) {
        return send(command.json().toString());
    }

    /** Sends a fresh token of the same user. */
    public CompletableFuture<?> renew(String token) {
        return send(ClientJson.MAPPER
                .createObjectNode()
                .put("type", "token")
                .put("token", token)
                .toString());
    }

    /** Stops reading from the socket, so that the edge's frames fill the kernel's buffers. */
    public synchronized void pause() {
        paused = true;
    }

    /** Resumes reading from the socket. */
    public synchronized void resume() {
        paused = false;
        if (withheld > 0) {
            open().request(withheld);
            withheld = 0;
        }
    }

    /** The time since the last message from the edge, pings included. */
    public Duration silence() {
        return Duration.ofNanos(System.nanoTime() - heardAt);
    }

    /** Closes with code 1000; the listener is called when the edge has answered. */
    public synchronized void close() {
        CompletableFuture<?> unused =
                sent.handle((done, failed) -> null).thenCompose(before -> open().sendClose(NORMAL, ""));
    }

    /** Aborts the connection without a close frame, as a lost network does; the listener is called at once. */
    public void abort() {
        open().abort();
        end(new Disconnection(Disconnection.BROKEN, "aborted", null));
    }

    WebSocket.Listener receiver() {
        return new Receiver();
    }

    private WebSocket open() {
        return Objects.requireNonNull(socket, "not connected");
    }

    private void end(Disconnection end) {
        if (ended.compareAndSet(false, true)) {
            listener.onClosed(this, end);
        }
    }

    private synchronized void demand(WebSocket from) {
        if (paused) {
            withheld++;
        } else {
            from.request(1);
        }
    }

    /** The JDK's listener: it joins the parts of a message and requests the next one when the listener has taken it. */
    private final class Receiver implements WebSocket.Listener {
        private final StringBuilder parts = new StringBuilder();

        @Override
        public void onOpen(WebSocket opened) {
            socket = opened;
            opened.request(1);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            heardAt = System.nanoTime();
            parts.append(data);
            if (last) {
                String text = parts.toString();
                parts.setLength(0);
                if (!ended.get()) {
                    listener.onText(HeddleConnection.this, text);
                }
            }
            demand(from);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
            heardAt = System.nanoTime();
            demand(from);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            end(new Disconnection(code, reason, null));
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            end(Disconnection.broken(error));
        }
    }
}
