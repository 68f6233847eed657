package dev.heddle.edge.socket;

import dev.heddle.auth.TokenVerdict;
import dev.heddle.auth.TokenVerifier;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * The queue of tokens that a session has sent to renew its own. They are verified one after the other, in the order of
 * their arrival, also if one waits for its key: the last one counts, and a bad one ends the session. Owned by the
 * connection's event loop.
 */
final class TokenRenewals {

    /** The most tokens that wait for those before them. */
    static final int MAX_WAITING = 4;

    /** The delay until a token that made room for others is verified again. */
    private static final long BUSY_MILLIS = 250;

    private final LoopExecutor loop;
    private final TokenVerifier verifier;
    private final TokenVerifier.Caller caller;
    private final Consumer<TokenVerdict> then;
    private final Deque<String> waiting = new ArrayDeque<>(1);
    private boolean verifying;
    private boolean ended;

    /** @param then given each verdict on the loop, in order */
    TokenRenewals(LoopExecutor loop, TokenVerifier verifier, TokenVerifier.Caller caller, Consumer<TokenVerdict> then) {
        this.loop = loop;
        this.verifier = verifier;
        this.caller = caller;
        this.then = then;
    }

    /** Adds a token; false if too many wait already. */
    boolean add(String token) {
        if (waiting.size() >= MAX_WAITING) {
            return false;
        }
        waiting.add(token);
        verifyNext();
        return true;
    }

    private void verifyNext() {
        if (verifying || waiting.isEmpty()) {
            return;
        }
        verifying = true;
        String token = waiting.remove();
        verifier.verify(token, caller, verdict -> loop.here(() -> verified(token, verdict)));
    }

    private void verified(String token, TokenVerdict verdict) {
        if (verdict instanceof TokenVerdict.Refused refused && refused.reason() == TokenVerdict.Reason.BUSY) {
            // The token was not verified, and the session's present one still holds.
            loop.timers().after(BUSY_MILLIS, () -> askAgain(token));
            return;
        }
        verifying = false;
        then.accept(verdict);
        verifyNext();
    }

    private void askAgain(String token) {
        verifying = false;
        if (!ended) {
            waiting.addFirst(token);
            verifyNext();
        }
    }

    /** Drops the waiting tokens of a session that has ended. */
    void end() {
        ended = true;
        waiting.clear();
    }
}
