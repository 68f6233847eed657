package dev.heddle.edge.hub;

import dev.heddle.event.EventItem;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What of the user's events a client wants, and how.
 *
 * @param thread only this thread's; null for all
 * @param types only these
 * @param options what it asked for besides
 */
public record Subscription(@Nullable String thread, TypeFilter types, Set<Option> options) {
    /** Everything, each event by itself, without a snapshot. */
    public static final Subscription ALL = new Subscription(null, TypeFilter.ALL, Set.of());

    /** What a client may ask for. */
    public enum Option {
        /** Deltas of one message may be joined when several are sent at once. */
        FOLD,
        /** A session that begins at the end of the log begins with the fold of what came before. */
        SNAPSHOT
    }

    public Subscription {
        options = Set.copyOf(options);
    }

    boolean wants(Option option) {
        return options.contains(option);
    }

    boolean isFiltered() {
        return thread != null || !types.isAll();
    }

    boolean admits(EventItem item) {
        return types.admits(item.type()) && (thread == null || thread.equals(item.threadId()));
    }
}
