package dev.heddle.edge.hub;

import dev.heddle.event.Cursor;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of a run, as the user's events tell it.
 *
 * @param startedAt its first event's time that was found
 * @param updatedAt its newest event's time
 * @param runSeq its newest event's number
 * @param attempt its newest event's attempt
 * @param startCursor where a client begins that wants the run's events
 */
public record RunSummary(
        String threadId,
        String runId,
        @Nullable String agentId,
        Status status,
        Instant startedAt,
        Instant updatedAt,
        long runSeq,
        int attempt,
        Cursor startCursor) {
    /** How a run stands; the name in lower case is the wire's word. */
    public enum Status {
        RUNNING,
        FINISHED,
        INTERRUPTED,
        CANCELLED,
        ERROR
    }
}
