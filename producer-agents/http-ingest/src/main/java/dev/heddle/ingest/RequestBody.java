package dev.heddle.ingest;

import dev.heddle.event.UserKey;
import dev.heddle.port.GuardedConnection;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request whose sender is known. It owns the request's place among the uploads, and its received bytes
 * in the budget. Both are given back when the request has been answered or its connection has ended, whichever is
 * first. Owned by the connection's event loop.
 */
final class RequestBody {

    private static final long LOOK_MILLIS = 500;

    /** The time after which a body must have come at its least rate; a slower start is allowed. */
    private static final Duration START = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final UserKey sender;
    private final Bounds bounds;
    private final Runnable release;
    private final long began = System.nanoTime();
    private final long timer;
    private Consumer<IngestResponse.Refused> onFault = refused -> {};
    private @Nullable Buffer body = Buffer.buffer();
    private long counted;
    private boolean closed;

    /**
     * The bounds that all uploads of a node share.
     *
     * @param uploads how many there are, by sender
     * @param bytes how much of them has come, by sender
     */
    record Bounds(IngestConfig config, FairBudget<UserKey> uploads, FairBudget<UserKey> bytes, IngestMetrics metrics) {
        static Bounds of(IngestConfig config, IngestMetrics metrics) {
            return new Bounds(
                    config,
                    new FairBudget<>(config.limits().uploads()),
                    new FairBudget<>(config.limits().inFlightBytes()),
                    metrics);
        }
    }

    private RequestBody(Vertx vertx, HttpServerRequest request, UserKey sender, Bounds bounds) {
        this.vertx = vertx;
        this.request = request;
        this.sender = sender;
        this.bounds = bounds;
        this.release = GuardedConnection.of(request.connection()).whenClosed(this::giveBack);
        this.timer = vertx.setPeriodic(LOOK_MILLIS, look -> look());
    }

    /** Makes room for a request's body; null if its sender has too many under way. */
    static @Nullable RequestBody of(Vertx vertx, HttpServerRequest request, UserKey sender, Bounds bounds) {
        return bounds.uploads().take(sender, 1) ? new RequestBody(vertx, request, sender, bounds) : null;
    }

    /**
     * Begins to read.
     *
     * @param whole given all of the body
     * @param fault told instead why there is none
     */
    void begin(Consumer<Buffer> whole, Consumer<IngestResponse.Refused> fault) {
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
        int most = bounds.config().limits().batchBytes();
        if (soFar.length() + (long) chunk.length() > most) {
            refuse(IngestResponse.Reason.TOO_LARGE, "a batch has at most " + most + " bytes");
        } else if (!bounds.bytes().take(sender, chunk.length())) {
            refuse(
                    IngestResponse.Reason.BUSY,
                    "this sender has too much under way for what there is room for: send the batch again later");
        } else {
            counted += chunk.length();
            bounds.metrics().inFlight(chunk.length());
            soFar.appendBuffer(chunk);
        }
    }

    private void look() {
        Buffer soFar = body;
        Duration passed = Duration.ofNanos(System.nanoTime() - began);
        if (soFar == null) {
            return;
        }
        Duration most = bounds.config().http().bodyTimeout();
        int rate = bounds.config().limits().bodyBytesPerSecond();
        if (passed.compareTo(most) >= 0) {
            refuse(IngestResponse.Reason.TOO_SLOW, "a batch must have come after " + most.toMillis() + " ms");
        } else if (passed.compareTo(START) >= 0 && soFar.length() < passed.toMillis() * rate / 1_000) {
            refuse(IngestResponse.Reason.TOO_SLOW, "a batch must come with at least " + rate + " bytes a second");
        }
    }

    private void refuse(IngestResponse.Reason reason, String message) {
        body = null;
        onFault.accept(IngestResponse.Refused.of(reason, message));
    }

    /** Gives everything back: the request has been answered. */
    void close() {
        release.run();
    }

    private void giveBack() {
        if (closed) {
            return;
        }
        closed = true;
        body = null;
        vertx.cancelTimer(timer);
        bounds.uploads().giveBack(sender, 1);
        bounds.bytes().giveBack(sender, counted);
        bounds.metrics().inFlight(-counted);
    }
}
