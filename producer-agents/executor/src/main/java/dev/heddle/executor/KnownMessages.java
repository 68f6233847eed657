package dev.heddle.executor;

import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The ids of messages that are known to be in the log, for the AG-UI threads that had a run here lately; bounded, the
 * least recently used AG-UI thread goes first. An unknown message may still be in the log. Belongs to the dispatch
 * thread.
 */
final class KnownMessages {

    private static final int MOST_IDS = 200_000;

    private final int mostThreads;
    private final Map<ThreadKey, Known> threads = new LinkedHashMap<>(16, 0.75f, true);
    private int ids;

    KnownMessages(int mostThreads) {
        this.mostThreads = mostThreads;
    }

    /**
     * @param ids of messages and calls that the log holds, with an entry for each call that has a result
     * @param complete true if the thread has no other messages
     */
    private record Known(Set<String> ids, boolean complete) {}

    /** The entry that stands for a result of this tool call, whatever the id of its message is. */
    static String resultOf(String toolCallId) {
        return "result\0" + toolCallId;
    }

    /** Adds some of the ids that the log holds of the thread. */
    void add(ThreadKey thread, Set<String> more) {
        Known known = threads.get(thread);
        Set<String> all = new HashSet<>(more);
        if (known != null) {
            all.addAll(known.ids);
        }
        put(thread, new Known(all, known != null && known.complete));
    }

    /** Replaces the thread's ids with all those that the log holds. */
    void learn(ThreadKey thread, Set<String> all) {
        put(thread, new Known(new HashSet<>(all), true));
    }

    private void put(ThreadKey thread, Known known) {
        Known before = threads.put(thread, known);
        ids += known.ids.size() - (before == null ? 0 : before.ids.size());
        Iterator<Known> oldest = threads.values().iterator();
        while ((threads.size() > mostThreads || ids > MOST_IDS) && oldest.hasNext()) {
            ids -= oldest.next().ids.size();
            oldest.remove();
        }
    }

    /** The ids of the thread's messages that are known to be in the log. */
    Set<String> ids(ThreadKey thread) {
        Known known = threads.get(thread);
        return known == null ? Set.of() : known.ids;
    }

    /** True if nothing but {@link #ids} is in the log. */
    boolean isComplete(ThreadKey thread) {
        Known known = threads.get(thread);
        return known != null && known.complete;
    }
}
