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
    private final Map<UserKey, Share> shares = new HashMap<>();
    private final TreeSet<Share> byWeight = new TreeSet<>(
            Comparator.<Share>comparingLong(share -> share.bytes).thenComparingLong(share -> share.number));
    private int count;
    private long bytes;
    private long nextNumber;

    /** What waits of one user. */
    private static final class Share {
        private final long number;
        /** All of a user's commands lie in one partition. */
        private final TreeSet<ScheduledRun> scheduledRuns =
                new TreeSet<>(Comparator.comparingLong(scheduled -> scheduled.record().offset()));

        private long bytes;

        private Share(long number) {
            this.number = number;
        }
    }

    Backlog(ExecutorConfig.Commands bounds) {
        this.bounds = bounds;
    }

    void add(ScheduledRun scheduled) {
        Share share = shares.computeIfAbsent(scheduled.user(), user -> new Share(nextNumber++));
        if (share.scheduledRuns.add(scheduled)) {
            weigh(share, scheduled.record().weight());
            count++;
        }
    }

    /** The run does not wait any more; does nothing if it did not. */
    void remove(ScheduledRun scheduled) {
        Share share = shares.get(scheduled.user());
        if (share == null || !share.scheduledRuns.contains(scheduled)) {
            return;
        }
        share.scheduledRuns.remove(scheduled);
        weigh(share, -scheduled.record().weight());
        count--;
        if (share.scheduledRuns.isEmpty()) {
            byWeight.remove(share);
            shares.remove(scheduled.user());
        }
    }

    private void weigh(Share share, long more) {
        byWeight.remove(share);
        share.bytes += more;
        bytes += more;
        byWeight.add(share);
    }

    /**
     * The run that is to be refused for too many are waiting; null if there are not.
     *
     * @param user whose run was added last
     */
    @Nullable
    ScheduledRun surplus(UserKey user) {
        Share own = shares.get(user);
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
