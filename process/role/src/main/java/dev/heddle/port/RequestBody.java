package dev.heddle.port;

import dev.heddle.event.UserKey;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request whose sender is known. It owns the request's place among the uploads, and its received bytes
 * in the budget. Both are given back when the request has been answered or its connection has ended, whichever is
 * first. Owned by the connection's event loop.
 */
public final class RequestBody {

    private static final long LOOK_MILLIS = 500;

    /** The time after which a body must have come at its least rate; a slower start is allowed. */
    private static final Duration START = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final UserKey sender;
    private final Bounds bounds;
    private final Shared shared;
    private final Runnable release;
    private final long began = System.nanoTime();
    private final long timer;
    private Consumer<Fault> onFault = fault -> {};
    private @Nullable Buffer body = Buffer.buffer();
    private int counted;
    private boolean closed;

    /** The reason for which there is no body. */
    public enum Fault {
        /** It has more bytes than a body may have. */
        TOO_LARGE,
        /** The bodies of this sender hold all the bytes that one sender may hold now. */
        BUSY,
        /** It has not come in time, or at less than the least rate. */
        TOO_SLOW
    }

    /**
     * The bounds of one body.
     *
     * @param most bytes
     * @param within the time in which all of it must have come
     * @param bytesPerSecond the least rate, after the first five seconds
     */
    public record Bounds(int most, Duration within, int bytesPerSecond) {}

    /**
     * The bounds that the bodies of a port share.
     *
     * @param uploads how many there are, by sender
     * @param bytes how much of them has come, by sender
     * @param observer told each change of the bytes, which is negative when they are given back
     */
    public record Shared(FairBudget<UserKey> uploads, FairBudget<UserKey> bytes, IntConsumer observer) {
        /** Shared bounds of which nothing is taken. */
        public static Shared of(int uploads, long bytes, IntConsumer observer) {
            return new Shared(new FairBudget<>(uploads), new FairBudget<>(bytes), observer);
        }
    }

    private RequestBody(Vertx vertx, HttpServerRequest request, UserKey sender, Bounds bounds, Shared shared) {
        this.vertx = vertx;
        this.request = request;
        this.sender = sender;
        this.bounds = bounds;
        this.shared = shared;
        this.release = GuardedConnection.of(request.connection()).whenClosed(this::giveBack);
        this.timer = vertx.setPeriodic(LOOK_MILLIS, look -> look());
    }

    /** Makes room for a request's body; null if its sender has too many under way. */
    public static @Nullable RequestBody of(
            Vertx vertx, HttpServerRequest request, UserKey sender, Bounds bounds, Shared shared) {
        return shared.uploads().take(sender, 1) ? new RequestBody(vertx, request, sender, bounds, shared) : null;
    }

    /** The length in bytes that a request announces; 0 if there is none, and the bytes are counted as they come. */
    public static long announced(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return header == null ? 0 : Long.parseLong(header);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /**
     * Begins to read.
     *
     * @param whole given all of the body
     * @param fault told instead why there is none
     */
    public void begin(Consumer<Buffer> whole, Consumer<Fault> fault) {
        onFault = fault;
        request.handler(this::arrived);
        request.endHandler(end -> {
            Buffer all = body;
            if (all != null) {
                body = null;
                vertx.cancelTimer(timer);
                whole.accept(all);
            }
        });
        if (request.headers().contains("Expect", "100-continue", true)) {
            var unused = request.response().writeContinue();
        }
        request.resume();
    }

    private void arrived(Buffer chunk) {
        Buffer soFar = body;
        if (soFar == null) {
            return;
        }
        if (soFar.length() + (long) chunk.length() > bounds.most()) {
            refuse(Fault.TOO_LARGE);
        } else if (!shared.bytes().take(sender, chunk.length())) {
            refuse(Fault.BUSY);
        } else {
            counted += chunk.length();
            shared.observer().accept(chunk.length());
            soFar.appendBuffer(chunk);
        }
    }

    private void look() {
        Buffer soFar = body;
        Duration passed = Duration.ofNanos(System.nanoTime() - began);
        if (soFar == null) {
            return;
        }
        boolean late = passed.compareTo(bounds.within()) >= 0;
        boolean slow =
                passed.compareTo(START) >= 0 && soFar.length() < passed.toMillis() * bounds.bytesPerSecond() / 1_000;
        if (late || slow) {
            refuse(Fault.TOO_SLOW);
        }
    }

    private void refuse(Fault fault) {
        body = null;
        onFault.accept(fault);
    }

    /** Gives everything back: the request has been answered. */
    public void close() {
        release.run();
    }

    private void giveBack() {
        if (closed) {
            return;
        }
        closed = true;
        body = null;
        vertx.cancelTimer(timer);
        shared.uploads().giveBack(sender, 1);
        shared.bytes().giveBack(sender, counted);
        shared.observer().accept(-counted);
    }
}
