package dev.heddle.edge.hub;

import dev.heddle.event.Cursor;
import dev.heddle.event.RunStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The status of a run by the user's events.
 *
 * @param startedAt time of the earliest event found
 * @param updatedAt time of the newest event
 * @param runSeq number of the newest event
 * @param attempt attempt of the newest event
 * @param startCursor cursor before the run's earliest event found
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
