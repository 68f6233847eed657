package dev.heddle.executor;

import dev.heddle.event.UserKey;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The runs that wait here, bounded in number and in bytes, for each user and in all. Beyond a user's bound the newest
 * run of that user is surplus; beyond a common bound that of the user with the most bytes waiting, so a flood hits the
 * user who sends it. Belongs to the dispatch thread.
 */
final class Backlog {

    private final ExecutorConfig.Commands bounds;
    private final Map<UserKey, UserBacklog> users = new HashMap<>();
    private final TreeSet<UserBacklog> byWeight = new TreeSet<>(
            Comparator.<UserBacklog>comparingLong(ofUser -> ofUser.bytes).thenComparingLong(ofUser -> ofUser.number));
    private int count;
    private long bytes;
    private long nextNumber;

    /** The waiting runs of one user. */
    private static final class UserBacklog {
        private final long number;
        /** In the order of their offsets: all of a user's commands lie in one partition. */
        private final TreeSet<ScheduledRun> scheduledRuns = new TreeSet<>(
                Comparator.comparingLong(scheduled -> scheduled.record().offset()));

        private long bytes;

        private UserBacklog(long number) {
            this.number = number;
        }
    }

    Backlog(ExecutorConfig.Commands bounds) {
        this.bounds = bounds;
    }

    void add(ScheduledRun scheduled) {
        UserBacklog ofUser = users.computeIfAbsent(scheduled.user(), user -> new UserBacklog(nextNumber++));
        if (ofUser.scheduledRuns.add(scheduled)) {
            weigh(ofUser, scheduled.record().weight());
            count++;
        }
    }

    /** Removes a run that waits no more; does nothing if it did not wait. */
    void remove(ScheduledRun scheduled) {
        UserBacklog ofUser = users.get(scheduled.user());
        if (ofUser == null || !ofUser.scheduledRuns.contains(scheduled)) {
            return;
        }
        ofUser.scheduledRuns.remove(scheduled);
        weigh(ofUser, -scheduled.record().weight());
        count--;
        if (ofUser.scheduledRuns.isEmpty()) {
            byWeight.remove(ofUser);
            users.remove(scheduled.user());
        }
    }

    private void weigh(UserBacklog ofUser, long more) {
        byWeight.remove(ofUser);
        ofUser.bytes += more;
        bytes += more;
        byWeight.add(ofUser);
    }

    /**
     * The run to refuse because too much waits; null if no bound is exceeded.
     *
     * @param user whose run was added last
     */
    @Nullable
    ScheduledRun surplus(UserKey user) {
        UserBacklog own = users.get(user);
        if (own != null
                && (own.scheduledRuns.size() > bounds.waitingPerUser()
                        || own.bytes > bounds.waitingBytesPerUser().bytes())) {
            return own.scheduledRuns.last();
        }
        return count > bounds.maxOutstanding() || bytes > bounds.waitingBytes().bytes()
                ? byWeight.last().scheduledRuns.last()
                : null;
    }

    int size() {
        return count;
    }

    long bytes() {
        return bytes;
    }
}
