package dev.heddle.edge.hub;

import dev.heddle.event.Cursor;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link RunQuery}, from the events that the log kept.
 *
 * @param run the run; null if the log has no event of it
 * @param refusal the code of the event that refused the run's command; null if there is none
 * @param open the interrupts of the query without an answer, each with its run's agent, which is empty if unknown
 * @param settled the interrupts of the query with an answer
 */
public record RunSearchResult(
        @Nullable Found run, @Nullable String refusal, Map<String, String> open, Set<String> settled) {

    /**
     * A run that the log knows.
     *
     * @param agentId null if no event names one
     * @param start the cursor before the run's earliest event
     * @param end the cursor after the event that ended the run; null while it is running
     */
    public record Found(
            String threadId,
            @Nullable String agentId,
            Cursor start,
            @Nullable Cursor end) {}

    public RunSearchResult {
        open = Map.copyOf(open);
        settled = Set.copyOf(settled);
    }
}
