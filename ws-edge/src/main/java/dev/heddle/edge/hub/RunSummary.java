package dev.heddle.edge.hub;

import dev.heddle.event.Cursor;
import dev.heddle.event.RunStatus;
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
        RunStatus status,
        Instant startedAt,
        Instant updatedAt,
        long runSeq,
        int attempt,
        Cursor startCursor) {}
