package dev.heddle.event;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What every command has: the client's own id for it (1 to 128 characters), whose it is, the thread and run it is
 * about, and when the edge accepted it (kept in milliseconds).
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
