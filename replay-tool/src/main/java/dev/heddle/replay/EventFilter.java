package dev.heddle.replay;

import dev.heddle.event.EventItem;
import dev.heddle.event.UserKey;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which events are wanted.
 *
 * @param user only this user's, or null for everybody's
 * @param thread only this thread's, or null for all
 * @param types only these AG-UI types, a {@code *} at the end standing for any rest; none for all
 */
record EventFilter(@Nullable UserKey user, @Nullable String thread, List<String> types) {
    EventFilter {
        types = List.copyOf(types);
    }

    boolean wantsKey(byte @Nullable [] key) {
        return user == null || Arrays.equals(user.utf8(), key);
    }

    boolean wants(EventItem item) {
        return (thread == null || thread.equals(item.threadId()))
                && (types.isEmpty() || types.stream().anyMatch(type -> matches(type, item.type())));
    }

    private static boolean matches(String wanted, String type) {
        return wanted.endsWith("*") ? type.startsWith(wanted.substring(0, wanted.length() - 1)) : type.equals(wanted);
    }
}
