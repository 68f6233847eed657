package dev.heddle.event;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The header of a command: the client's id for it (1 to 128 characters), its user, its thread and run, and the time at
 * which the edge accepted it (in milliseconds).
 */
public record CommandHeader(String id, UserKey user, String threadId, String runId, Instant issuedAt) {
    /** The longest id, in characters. */
    public static final int MAX_ID = 128;

    public CommandHeader {
        if (id.isEmpty() || id.length() > MAX_ID || !Utf8.isWellFormed(id)) {
            throw new InvalidEventException("id must be 1 to " + MAX_ID + " characters");
        }
        Ids.check("threadId", threadId);
        Ids.check("runId", runId);
        issuedAt = issuedAt.truncatedTo(ChronoUnit.MILLIS);
    }
}
