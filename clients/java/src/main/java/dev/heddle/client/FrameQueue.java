package dev.heddle.client;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a connection in an unbounded queue, for programs that read them one after the other: tools and tests.
 * Thread-safe.
 */
public final class FrameQueue implements HeddleConnection.Listener {
    /** The mark behind the last frame; no frame is empty. */
    private static final String END = "";

    private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<Disconnection> closed = new CompletableFuture<>();

    @Override
    public void onText(HeddleConnection connection, String text) {
        frames.add(text);
    }

    @Override
    public void onClosed(HeddleConnection connection, Disconnection end) {
        closed.complete(end);
        frames.add(END);
    }

    /**
     * Takes the text of the next frame.
     *
     * @return the text; null if none came in time, or if the connection has ended and every frame has been taken
     */
    public @Nullable String nextText(Duration limit) throws InterruptedException {
        String next = frames.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
        if (END.equals(next)) {
            frames.add(END);
            return null;
        }
        return next;
    }

    /** True if the next frame is there already. */
    public boolean hasNext() {
        String next = frames.peek();
        return next != null && !next.equals(END);
    }

    /** A future that completes with the end of the connection. */
    public CompletableFuture<Disconnection> closed() {
        return closed;
    }
}
