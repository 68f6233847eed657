package dev.heddle.edge.hub;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** That a session waits for credit. Made and withdrawn on the session's event loop; granted by any thread. */
final class CreditRequest {
    private final long bytes;
    private final @Nullable AtomicLong ofUser;
    private final Executor loop;
    private final Runnable granted;
    private volatile boolean withdrawn;

    /**
     * A request.
     *
     * @param ofUser what the user holds of the line, where that is bounded
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

    /** Nobody waits any more. If the bytes are taken all the same, {@code granted} runs and gives them back. */
    void withdraw() {
        withdrawn = true;
    }

    void grant() {
        loop.execute(granted);
    }
}
