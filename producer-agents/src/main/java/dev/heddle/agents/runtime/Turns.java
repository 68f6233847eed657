package dev.heddle.agents.runtime;

import dev.heddle.event.UserKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is: in a thread the runs come one after the other, an executor has so many places, and a user so many of
 * them; users who wait take turns, so that one who asks for a thousand runs holds up nobody. Belongs to the dispatch
 * thread.
 */
final class Turns {

    private final int most;
    private final int mostOfOne;
    private final Map<ThreadKey, Deque<Job>> threads = new HashMap<>();
    private final Map<UserKey, Line> lines = new HashMap<>();
    /** Users who have a run that could begin and have not all their places, in the order of their turns. */
    private final Set<UserKey> rotation = new LinkedHashSet<>();

    private int running;
    private int waiting;

    /** One user's runs. */
    private static final class Line {
        private final Deque<Job> ready = new ArrayDeque<>();
        private int running;
    }

    /**
     * @param most places in all
     * @param mostOfOne places of one user
     */
    Turns(int most, int mostOfOne) {
        this.most = most;
        this.mostOfOne = mostOfOne;
    }

    /** The run waits: for its thread, its user and a place. */
    void add(Job job) {
        waiting++;
        Deque<Job> thread = threads.computeIfAbsent(job.threadKey(), key -> new ArrayDeque<>(2));
        thread.add(job);
        if (thread.size() == 1) {
            ready(job);
        }
    }

    /** The next run to begin, which has a place from now on; null if there is none or no place. */
    @Nullable
    Job next() {
        while (running < most && !rotation.isEmpty()) {
            UserKey user = rotation.iterator().next();
            rotation.remove(user);
            Line line = line(user);
            Job job = line.ready.poll();
            if (job != null && !job.isDropped()) {
                running++;
                waiting--;
                line.running++;
                rotate(user, line);
                return job;
            }
            rotate(user, line);
        }
        return null;
    }

    /** A run's place is free again. */
    void free(UserKey user) {
        running--;
        Line line = line(user);
        line.running--;
        rotate(user, line);
    }

    /**
     * The run is over, or will not begin: the next of its thread may.
     *
     * @param began whether it had a place
     */
    void remove(Job job, Began began) {
        if (began == Began.NO) {
            waiting--;
        }
        Deque<Job> thread = threads.get(job.threadKey());
        if (thread == null) {
            return;
        }
        boolean wasFirst = thread.peek() == job;
        thread.remove(job);
        Job next = thread.peek();
        if (next == null) {
            threads.remove(job.threadKey());
        } else if (wasFirst) {
            ready(next);
        }
    }

    /** Whether a run has had a place. */
    enum Began {
        YES,
        NO
    }

    int running() {
        return running;
    }

    int waiting() {
        return waiting;
    }

    private void ready(Job job) {
        Line line = line(job.user());
        line.ready.add(job);
        rotate(job.user(), line);
    }

    private void rotate(UserKey user, Line line) {
        if (line.ready.isEmpty()) {
            if (line.running == 0) {
                lines.remove(user);
            }
        } else if (line.running < mostOfOne) {
            rotation.add(user);
        }
    }

    private Line line(UserKey user) {
        return lines.computeIfAbsent(user, key -> new Line());
    }
}
