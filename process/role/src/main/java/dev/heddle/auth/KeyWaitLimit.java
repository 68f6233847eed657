package dev.heddle.auth;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where tokens of one kind of caller wait for the next look at the keys: so many at once, and none for longer than its
 * caller can wait. Rooms are apart from each other, so that strangers with invented key ids take no place from
 * sessions. A place holds a token of at most {@value TokenVerifier#MAX_TOKEN_LENGTH} characters; it is free again when
 * keys have been looked at. Any thread.
 */
public final class KeyWaitLimit {

    private final int places;
    private final Duration patience;
    private final AtomicInteger taken = new AtomicInteger();

    /**
     * Makes an empty one.
     *
     * @param places tokens that may wait at once; one more is judged by the keys that are known
     * @param patience how long one may wait; one that would wait longer does not
     */
    public KeyWaitLimit(int places, Duration patience) {
        this.places = places;
        this.patience = patience;
    }

    Duration patience() {
        return patience;
    }

    /** Takes a place; false if there is none. */
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
