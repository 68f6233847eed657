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
        private final TreeSet<Job> jobs =
                new TreeSet<>(Comparator.comparingLong(job -> job.record().offset()));

        private long bytes;

        private Share(long number) {
            this.number = number;
        }
    }

    Backlog(ExecutorConfig.Commands bounds) {
        this.bounds = bounds;
    }

    void add(Job job) {
        Share share = shares.computeIfAbsent(job.user(), user -> new Share(nextNumber++));
        if (share.jobs.add(job)) {
            weigh(share, job.record().weight());
            count++;
        }
    }

    /** The job does not wait any more; does nothing if it did not. */
    void remove(Job job) {
        Share share = shares.get(job.user());
        if (share == null || !share.jobs.contains(job)) {
            return;
        }
        share.jobs.remove(job);
        weigh(share, -job.record().weight());
        count--;
        if (share.jobs.isEmpty()) {
            byWeight.remove(share);
            shares.remove(job.user());
        }
    }

    private void weigh(Share share, long more) {
        byWeight.remove(share);
        share.bytes += more;
        bytes += more;
        byWeight.add(share);
    }

    /**
     * The job that is to be refused for too many are waiting; null if there are not.
     *
     * @param user whose job was added last
     */
    @Nullable
    Job surplus(UserKey user) {
        Share own = shares.get(user);
        if (own != null
                && (own.jobs.size() > bounds.waitingPerUser()
                        || own.bytes > bounds.waitingBytesPerUser().bytes())) {
            return own.jobs.last();
        }
        return count > bounds.maxOutstanding() || bytes > bounds.waitingBytes().bytes()
                ? byWeight.last().jobs.last()
                : null;
    }

    int size() {
        return count;
    }

    long bytes() {
        return bytes;
    }
}
