package dev.heddle.edge.hub;

import dev.heddle.event.EventItem;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client's choice of its user's events.
 *
 * @param thread the only thread wanted; null for all
 * @param types the only types wanted
 * @param options further choices
 */
public record Subscription(@Nullable String thread, TypeFilter types, Set<Option> options) {
    /** Everything, each event by itself, without a snapshot. */
    public static final Subscription ALL = new Subscription(null, TypeFilter.ALL, Set.of());

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
