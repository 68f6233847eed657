package dev.heddle.edge.socket;

import dev.heddle.auth.TokenVerdict;
import dev.heddle.auth.TokenVerifier;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * The tokens that a session has sent to go on with, judged one after the other in the order in which they came, however
 * many threads judge and however long one waits for its key: so the one sent last counts, and one that is bad ends the
 * session whatever comes after it. Owned by the connection's event loop.
 */
final class TokenRenewals {

    /** Tokens that may wait for those before them. */
    static final int MAX_WAITING = 4;

    /** After which a token that made room for others' is sent to be judged again. */
    private static final long BUSY_MILLIS = 250;

    private final LoopExecutor loop;
    private final TokenVerifier verifier;
    private final TokenVerifier.Caller caller;
    private final Consumer<TokenVerdict> then;
    private final Deque<String> waiting = new ArrayDeque<>(1);
    private boolean judging;
    private boolean ended;

    /** @param then given each verdict on the loop, in order */
    TokenRenewals(
            LoopExecutor loop, TokenVerifier verifier, TokenVerifier.Caller caller, Consumer<TokenVerdict> then) {
        this.loop = loop;
        this.verifier = verifier;
        this.caller = caller;
        this.then = then;
    }

    /** Has one more token judged; false if too many wait already. */
    boolean add(String token) {
        if (waiting.size() >= MAX_WAITING) {
            return false;
        }
        waiting.add(token);
        judgeNext();
        return true;
    }

    private void judgeNext() {
        if (judging || waiting.isEmpty()) {
            return;
        }
        judging = true;
        String token = waiting.remove();
        verifier.verify(token, caller, verdict -> loop.here(() -> judged(token, verdict)));
    }

    private void judged(String token, TokenVerdict verdict) {
        if (verdict instanceof TokenVerdict.Refused refused && refused.reason() == TokenVerdict.Reason.BUSY) {
            // Nobody has looked at it, and the session still is good.
            loop.timers().after(BUSY_MILLIS, () -> askAgain(token));
            return;
        }
        judging = false;
        then.accept(verdict);
        judgeNext();
    }

    private void askAgain(String token) {
        judging = false;
        if (!ended) {
            waiting.addFirst(token);
            judgeNext();
        }
    }

    /** The session has ended: what it sent is of no interest. */
    void end() {
        ended = true;
        waiting.clear();
    }
}
