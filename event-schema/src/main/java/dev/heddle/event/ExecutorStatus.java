package dev.heddle.event;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The agents that one executor offers, and its state; announced again every interval. Times are kept in milliseconds.
 *
 * @param every the interval; positive
 */
public record ExecutorStatus(String executorId, Instant at, Duration every, List<AgentOffer> agents) {
    /** The number of announcements that may be missed before the executor is taken as gone. */
    public static final int MISSED = 3;

    /** The time for which a gone executor and its offered agents are remembered. */
    public static final Duration MEMORY = Duration.ofMinutes(10);

    public ExecutorStatus {
        Ids.check("executorId", executorId);
        at = at.truncatedTo(ChronoUnit.MILLIS);
        every = every.truncatedTo(ChronoUnit.MILLIS);
        if (every.isNegative() || every.isZero()) {
            throw new InvalidEventException("every must be positive");
        }
        agents = List.copyOf(agents);
    }

    /** True if three announcements have been missed at {@code now}. */
    public boolean isGone(Instant now) {
        return Duration.between(at, now).compareTo(every.multipliedBy(MISSED)) > 0;
    }
}
