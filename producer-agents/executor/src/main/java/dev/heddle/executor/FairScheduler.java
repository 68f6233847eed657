package dev.heddle.executor;

import dev.heddle.event.UserKey;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler of waiting runs. An AG-UI thread has one run at a time; an executor has a bounded number of places, and
 * a user a bounded share of them. Users take turns, so that a user who asks for a thousand runs holds up no other.
 * Belongs to the dispatch thread.
 */
final class FairScheduler {

    private final int most;
    private final int mostOfOne;
    private final Map<ThreadKey, Set<ScheduledRun>> threads = new HashMap<>();
    private final Map<UserKey, UserQueue> queues = new HashMap<>();
    /** The users with a run that could begin and a place left of their own, in the order of their turns. */
    private final Set<UserKey> rotation = new LinkedHashSet<>();

    private int running;
    private int waiting;

    /** One user's runs. */
    private static final class UserQueue {
        private final Set<ScheduledRun> ready = new LinkedHashSet<>(2);
        private int running;
    }

    /**
     * @param most places in all
     * @param mostOfOne places of one user, who never gets all of them where there are several
     */
    FairScheduler(int most, int mostOfOne) {
        this.most = most;
        this.mostOfOne = Math.min(mostOfOne, Math.max(1, most - 1));
    }

    /** Adds a run, which waits for its AG-UI thread, its user's turn and a place. */
    void add(ScheduledRun scheduled) {
        waiting++;
        Set<ScheduledRun> thread = threads.computeIfAbsent(scheduled.threadKey(), key -> new LinkedHashSet<>(2));
        thread.add(scheduled);
        if (thread.size() == 1) {
            ready(scheduled);
        }
    }

    /** The next run to begin, which has a place from now on; null if there is none or no place. */
    @Nullable
    ScheduledRun next() {
        while (running < most && !rotation.isEmpty()) {
            UserKey user = rotation.iterator().next();
            rotation.remove(user);
            UserQueue queue = queue(user);
            ScheduledRun scheduled = first(queue.ready);
            if (scheduled != null) {
                queue.ready.remove(scheduled);
                running++;
                waiting--;
                queue.running++;
                rotate(user, queue);
                return scheduled;
            }
            rotate(user, queue);
        }
        return null;
    }

    /** Frees the place of a run of this user. */
    void free(UserKey user) {
        running--;
        UserQueue queue = queue(user);
        queue.running--;
        rotate(user, queue);
    }

    /** Removes a run that has had no place: the next of its AG-UI thread may begin. */
    void withdraw(ScheduledRun scheduled) {
        if (isKnown(scheduled)) {
            waiting--;
            UserQueue queue = queue(scheduled.user());
            queue.ready.remove(scheduled);
            rotate(scheduled.user(), queue);
            finished(scheduled);
        }
    }

    /** Removes a run that has had a place and is over: the next of its AG-UI thread may begin. */
    void finished(ScheduledRun scheduled) {
        Set<ScheduledRun> thread = threads.get(scheduled.threadKey());
        if (thread == null || !thread.contains(scheduled)) {
            return;
        }
        boolean wasFirst = first(thread) == scheduled;
        thread.remove(scheduled);
        ScheduledRun next = first(thread);
        if (next == null) {
            threads.remove(scheduled.threadKey());
        } else if (wasFirst) {
            ready(next);
        }
    }

    private boolean isKnown(ScheduledRun scheduled) {
        Set<ScheduledRun> thread = threads.get(scheduled.threadKey());
        return thread != null && thread.contains(scheduled);
    }

    private static @Nullable ScheduledRun first(Set<ScheduledRun> scheduledRuns) {
        return scheduledRuns.isEmpty() ? null : scheduledRuns.iterator().next();
    }

    int running() {
        return running;
    }

    int waiting() {
        return waiting;
    }

    private void ready(ScheduledRun scheduled) {
        UserQueue queue = queue(scheduled.user());
        queue.ready.add(scheduled);
        rotate(scheduled.user(), queue);
    }

    private void rotate(UserKey user, UserQueue queue) {
        if (queue.ready.isEmpty()) {
            rotation.remove(user);
            if (queue.running == 0) {
                queues.remove(user);
            }
        } else if (queue.running < mostOfOne) {
            rotation.add(user);
        }
    }

    private UserQueue queue(UserKey user) {
        return queues.computeIfAbsent(user, key -> new UserQueue());
    }
}
