package dev.heddle.executor;

import dev.heddle.event.UserKey;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The runs that wait here, bounded in number and in bytes, for each user and in all. Where there are too many, the
 * newest of the user is surplus who has most bytes waiting: whoever floods an executor floods himself. Belongs to the
 * dispatch thread.
 */
final class Backlog {

    private final ExecutorConfig.Commands bounds;
    private final Map<UserKey, UserBacklog> users = new HashMap<>();
    private final TreeSet<UserBacklog> byWeight = new TreeSet<>(
            Comparator.<UserBacklog>comparingLong(ofUser -> ofUser.bytes).thenComparingLong(ofUser -> ofUser.number));
    private int count;
    private long bytes;
    private long nextNumber;

    /** What waits of one user. */
    private static final class UserBacklog {
        private final long number;
        /** All of a user's commands lie in one partition. */
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

    /** The run does not wait any more; does nothing if it did not. */
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
     * The run that is to be refused for too many are waiting; null if there are not.
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
