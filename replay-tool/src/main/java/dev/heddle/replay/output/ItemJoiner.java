package dev.heddle.replay.output;

import dev.heddle.event.EventItem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A filter that folds events: it passes events on, with neighbouring deltas of one message joined to one. It holds at
 * most the deltas of one message. For one thread.
 */
public final class ItemJoiner {
    private final Predicate<Shown> next;
    private final List<EventItem> waiting = new ArrayList<>();
    private long appended;

    /**
     * An event on its way to the reader.
     *
     * @param appended when the log took it, in milliseconds since the epoch; of the last one if it stands for several
     */
    public record Shown(EventItem item, long appended) {}

    /** @param next takes what comes out; false when nobody reads any more */
    public ItemJoiner(Predicate<Shown> next) {
        this.next = next;
    }

    /** Takes the user's next event; returns false if the output's reader is gone. */
    public boolean take(Shown shown) {
        boolean wanted = true;
        if (!waiting.isEmpty() && !waiting.get(waiting.size() - 1).joins(shown.item())) {
            wanted = flush();
        }
        waiting.add(shown.item());
        appended = shown.appended();
        return wanted;
    }

    /** Passes on the waiting deltas. */
    public boolean flush() {
        if (waiting.isEmpty()) {
            return true;
        }
        Shown joined = new Shown(EventItem.joined(waiting), appended);
        waiting.clear();
        return next.test(joined);
    }
}
