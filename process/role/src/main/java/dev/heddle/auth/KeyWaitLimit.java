package dev.heddle.auth;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The bound on the number and the waiting time of one kind of caller's tokens that wait for the next refresh of the
 * keys. Each kind has its own, so that unauthenticated clients with invented key ids take no place from sessions. A
 * place holds a token of at most {@value TokenVerifier#MAX_TOKEN_LENGTH} characters; it is free again after the
 * refresh. Any thread.
 */
public final class KeyWaitLimit {

    private final int places;
    private final Duration patience;
    private final AtomicInteger taken = new AtomicInteger();

    /**
     * Makes a bound without tokens.
     *
     * @param places the number of tokens that may wait at once; a further one is verified by the known keys
     * @param patience the longest wait; a token that would wait longer does not wait
     */
    public KeyWaitLimit(int places, Duration patience) {
        this.places = places;
        this.patience = patience;
    }

    Duration patience() {
        return patience;
    }

    /** Takes a place; false if none is free. */
    boolean enter() {
        if (taken.incrementAndGet() > places) {
            taken.decrementAndGet();
            return false;
        }
        return true;
    }

    void leave() {
        taken.decrementAndGet();
    }

    int taken() {
        return taken.get();
    }
}
