package dev.heddle.replay.output;

import dev.heddle.event.EventItem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The filter of events, by thread, run and type.
 *
 * @param thread only this thread's, or null for all
 * @param run only this run's, or null for all
 * @param types only these AG-UI types, a {@code *} at the end standing for any rest; none for all
 */
public record EventFilter(@Nullable String thread, @Nullable String run, List<String> types) {
    /** The filter that passes every event. */
    public static final EventFilter NONE = new EventFilter(null, null, List.of());

    public EventFilter {
        types = List.copyOf(types);
    }

    /** True if this event passes the filter. */
    public boolean wants(EventItem item) {
        return (thread == null || thread.equals(item.threadId()))
                && (run == null || run.equals(item.runId()))
                && (types.isEmpty() || types.stream().anyMatch(type -> matches(type, item.type())));
    }

    private static boolean matches(String wanted, String type) {
        return wanted.endsWith("*") ? type.startsWith(wanted.substring(0, wanted.length() - 1)) : type.equals(wanted);
    }
}
