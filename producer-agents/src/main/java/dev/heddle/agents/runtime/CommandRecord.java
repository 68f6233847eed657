package dev.heddle.agents.runtime;

import dev.heddle.event.AgentCommand;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A decoded command and where it stands.
 *
 * @param at when the broker appended it
 * @param traceparent W3C's header of the step that appended it, or null
 */
record CommandRecord(
        Claim claim,
        long offset,
        Instant at,
        AgentCommand command,
        @Nullable String traceparent) {

    /** Says that the command has ended in acknowledged events. */
    void settle() {
        claim.ledger().settle(offset);
    }
}
