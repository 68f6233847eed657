package dev.heddle.edge.hub;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A question about one run of a user.
 *
 * @param run the id of the run
 * @param commandId the id of the command that starts the run; null if no command is meant
 * @param thread the thread of the interrupts; null if none are asked for
 * @param interrupts ids of interrupts of which the state is wanted
 */
public record RunQuery(
        String run, @Nullable String commandId, @Nullable String thread, Set<String> interrupts) {
    public RunQuery {
        interrupts = Set.copyOf(interrupts);
    }

    /** The question for a run alone. */
    public static RunQuery of(String run) {
        return new RunQuery(run, null, null, Set.of());
    }
}
