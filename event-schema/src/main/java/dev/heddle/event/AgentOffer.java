package dev.heddle.event;

import org.jspecify.annotations.Nullable;

/**
 * One agent that an executor offers.
 *
 * @param description for people
 * @param running runs under way at this executor
 */
public record AgentOffer(
        String agentId, Availability status, @Nullable String description, int running) {
    public AgentOffer {
        Ids.check("agentId", agentId);
        if (description != null && !Utf8.isWellFormed(description)) {
            throw new InvalidEventException("description has an unpaired surrogate");
        }
        if (running < 0) {
            throw new InvalidEventException("running must not be negative: " + running);
        }
    }
}
