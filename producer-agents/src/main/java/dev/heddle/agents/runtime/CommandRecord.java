package dev.heddle.agents.runtime;

import dev.heddle.event.AgentCommand;
import java.time.Instant;

/**
 * A decoded command and where it stands.
 *
 * @param at when the broker appended it
 */
record CommandRecord(Claim claim, long offset, Instant at, AgentCommand command) {

    /** Says that the command has ended in acknowledged events. */
    void settle() {
        claim.ledger().settle(offset);
    }
}
