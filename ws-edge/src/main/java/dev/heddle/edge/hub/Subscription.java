package dev.heddle.edge.hub;

import dev.heddle.event.EventItem;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client's choice of its user's events.
 *
 * @param thread the only thread wanted; null for all
 * @param run the only run wanted, together with the events outside any run; null for all runs
 * @param types the only types wanted
 * @param options further choices
 */
public record Subscription(
        @Nullable String thread, @Nullable String run, TypeFilter types, Set<Option> options) {
    /** Everything, each event by itself, without a snapshot. */
    public static final Subscription ALL = new Subscription(null, null, TypeFilter.ALL, Set.of());

    /** A choice that a client may make. */
    public enum Option {
        /** Deltas of one message may be joined when several are sent at once. */
        FOLD,
        /** A session that begins at the end of the log begins with the fold of the earlier events. */
        SNAPSHOT
    }

    public Subscription {
        options = Set.copyOf(options);
    }

    /** One run of a thread, with the replies to commands of that thread, each event by itself. */
    public static Subscription ofRun(String thread, String run) {
        return new Subscription(thread, run, TypeFilter.ALL, Set.of());
    }

    boolean wants(Option option) {
        return options.contains(option);
    }

    boolean isFiltered() {
        return thread != null || run != null || !types.isAll();
    }

    boolean admits(EventItem item) {
        return types.admits(item.type()) && (thread == null || thread.equals(item.threadId())) && admitsRun(item);
    }

    private boolean admitsRun(EventItem item) {
        if (run == null) {
            return true;
        }
        String of = item.runId();
        return of == null || of.equals(run);
    }
}
