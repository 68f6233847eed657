package dev.heddle.agents;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.EventIds;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a run: its user, its thread, its id and its agent.
 *
 * <p>Thread and run ids are chosen by clients, so a run is identified by user <em>and</em> run id.
 *
 * @param agentId absent when the events come from something that is not an agent on offer
 */
public record RunAddress(
        UserKey user,
        String threadId,
        String runId,
        @Nullable String agentId) {

    public RunAddress {
        if (threadId.isEmpty() || runId.isEmpty()) {
            throw new IllegalArgumentException("a run needs a thread id and a run id");
        }
    }

    /** The address of a new run with an id of its own. */
    public static RunAddress newRun(UserKey user, String threadId, String agentId) {
        return new RunAddress(user, threadId, EventIds.next(), agentId);
    }

    /**
     * Checks that an event which names its run names this one.
     *
     * @throws InvalidEventException if it does not
     */
    void check(ObjectNode event) {
        String type = event.path("type").asText();
        if (type.equals("RUN_STARTED") || type.equals("RUN_FINISHED")) {
            if (!event.path("threadId").asText().equals(threadId)
                    || !event.path("runId").asText().equals(runId)) {
                throw new InvalidEventException(type + " names another run than its emitter's");
            }
        }
    }
}
