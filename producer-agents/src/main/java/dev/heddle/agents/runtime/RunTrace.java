package dev.heddle.agents.runtime;

import org.jspecify.annotations.Nullable;

/**
 * What the log says of one run.
 *
 * @param lastSeq the highest runSeq
 * @param attempt the highest attempt
 */
record RunTrace(String threadId, @Nullable String agentId, long lastSeq, int attempt, State state) {

    enum State {
        OPEN,
        OVER
    }

    boolean isOver() {
        return state == State.OVER;
    }
}
