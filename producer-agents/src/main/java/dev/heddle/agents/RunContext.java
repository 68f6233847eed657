package dev.heddle.agents;

import dev.heddle.event.UserKey;

/**
 * The user execution context: everything that belongs to one run, made for it and handed along. There is no other way
 * to learn whose run it is: no singleton and no thread local knows.
 *
 * @param attempt 0 at first, one more each time another executor takes the run over
 * @param cancellation whether the run is still wanted, and until when
 */
public record RunContext(RunAddress address, int attempt, RunInput input, Cancellation cancellation) {

    public UserKey user() {
        return address.user();
    }
}
