package dev.heddle.event;

import org.jspecify.annotations.Nullable;

/**
 * Heddle's data about an event: its id, its user, its thread, the agent it comes from, and its place in a run. Agent
 * and run are null for an event that belongs to none, such as the answer to a command that started no run.
 */
public record Envelope(
        String eventId,
        UserKey user,
        String threadId,
        @Nullable String agentId,
        @Nullable RunPlace run) {
    public Envelope {
        Ids.check("eventId", eventId);
        Ids.check("threadId", threadId);
        Ids.checkOptional("agentId", agentId);
    }

    /** A new event of this user in this thread, with a fresh id, outside any run. */
    public static Envelope next(UserKey user, String threadId) {
        return new Envelope(EventIds.next(), user, threadId, null, null);
    }

    public Envelope withEventId(String eventId) {
        return new Envelope(eventId, user, threadId, agentId, run);
    }

    public Envelope withAgent(@Nullable String agentId) {
        return new Envelope(eventId, user, threadId, agentId, run);
    }

    public Envelope withRun(@Nullable RunPlace run) {
        return new Envelope(eventId, user, threadId, agentId, run);
    }
}
