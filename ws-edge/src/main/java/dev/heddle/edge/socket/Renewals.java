package dev.heddle.edge.socket;

import dev.heddle.auth.TokenVerdict;
import dev.heddle.auth.TokenVerifier;
import dev.heddle.auth.WaitingRoom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * The tokens that a session has sent to go on with, judged one after the other in the order in which they came, however many threads judge and however long one waits for its key: so the
 * one sent last counts, and one that is bad ends the session whatever comes after it. Owned by the connection's event loop.
 */
final class Renewals {

    /** Tokens that may wait for those before them. */
    static final int MAX_WAITING = 4;

    private final Loop loop;
    private final WaitingRoom room;
    private final Consumer<TokenVerdict> then;
    private final Deque<String> waiting = new ArrayDeque<>(1);
    private boolean judging;

    /** @param then given each verdict on the loop, in order */
    Renewals(Loop loop, WaitingRoom room, Consumer<TokenVerdict> then) {
        this.loop = loop;
        this.room = room;
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
        TokenVerifier verifier = loop.services().clients().verifier();
        verifier.verify(waiting.remove(), room, verdict -> loop.here(() -> judged(verdict)));
    }

    private void judged(TokenVerdict verdict) {
        judging = false;
        then.accept(verdict);
        judgeNext();
    }

    /** The session has ended: what it sent is of no interest. */
    void end() {
        waiting.clear();
    }
}
