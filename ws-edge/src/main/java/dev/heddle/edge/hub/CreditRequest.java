package dev.heddle.edge.hub;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A session's request for credit. Made and withdrawn on the session's event loop; granted by any thread. */
final class CreditRequest {
    private final long bytes;
    private final @Nullable AtomicLong ofUser;
    private final Executor loop;
    private final Runnable granted;
    private volatile boolean withdrawn;

    /**
     * A request.
     *
     * @param ofUser counter of the user's part of the line; null where that is not bounded
     * @param granted run on the loop once the bytes are taken, also if the request is withdrawn meanwhile
     */
    CreditRequest(long bytes, @Nullable AtomicLong ofUser, Executor loop, Runnable granted) {
        this.bytes = bytes;
        this.ofUser = ofUser;
        this.loop = loop;
        this.granted = granted;
    }

    long bytes() {
        return bytes;
    }

    @Nullable
    AtomicLong ofUser() {
        return ofUser;
    }

    boolean isWithdrawn() {
        return withdrawn;
    }

    /** Ends the wait. If the bytes are taken all the same, {@code granted} runs and gives them back. */
    void withdraw() {
        withdrawn = true;
    }

    void grant() {
        loop.execute(granted);
    }
}
