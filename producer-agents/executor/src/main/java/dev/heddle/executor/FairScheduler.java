package dev.heddle.executor;

import dev.heddle.event.UserKey;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is: in a thread the runs come one after the other, an executor has so many places, and a user so many
 * of them; users who wait take turns, so that one who asks for a thousand runs holds up nobody. Belongs to the dispatch
 * thread.
 */
final class FairScheduler {

    private final int most;
    private final int mostOfOne;
    private final Map<ThreadKey, Set<ScheduledRun>> threads = new HashMap<>();
    private final Map<UserKey, UserQueue> queues = new HashMap<>();
    /** Users who have a run that could begin and have not all their places, in the order of their turns. */
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

    /** The run waits: for its thread, its user and a place. */
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

    /** A run's place is free again. */
    void free(UserKey user) {
        running--;
        UserQueue queue = queue(user);
        queue.running--;
        rotate(user, queue);
    }

    /** Takes out a run that has had no place: the next of its thread may begin. */
    void withdraw(ScheduledRun scheduled) {
        if (isKnown(scheduled)) {
            waiting--;
            UserQueue queue = queue(scheduled.user());
            queue.ready.remove(scheduled);
            rotate(scheduled.user(), queue);
            finished(scheduled);
        }
    }

    /** Takes out a run that has had a place and is over: the next of its thread may begin. */
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
