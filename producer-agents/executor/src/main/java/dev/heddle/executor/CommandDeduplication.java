package dev.heddle.executor;

import dev.heddle.event.UserKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The commands of one partition within the deduplication window: a projection of {@code agent-commands}, read back when
 * the partition is assigned, so that executors need not tell each other the ids. Bounded in time and in number; beyond
 * the number, ids of the user with the most are forgotten, so that a flood of one user costs no other user's ids. Not
 * thread-safe.
 */
final class CommandDeduplication {

    /** The most ids of a partition, at about 200 bytes each. */
    private static final int MOST = 100_000;
    /** The number of ids that are forgotten at once: finding the user with the most takes a look at all users. */
    private static final int FORGOTTEN_AT_ONCE = MOST / 100;
    /**
     * The least number of ids of one user that counts as a flood. Without a flood, the users who came first are
     * forgotten first.
     */
    private static final int FLOOD = 100;

    enum Match {
        NEW,
        SAME_COMMAND,
        SAME_RUN
    }

    private enum Kind {
        COMMAND,
        RUN
    }

    private record Id(Kind kind, String text) {}

    private final Duration window;
    /** The ids of each user, in the order in which they came. */
    private final Map<UserKey, Map<Id, Instant>> seen = new LinkedHashMap<>();

    private int ids;
    private @Nullable Instant swept;

    CommandDeduplication(Duration window) {
        this.window = window;
    }

    /** Remembers the command, and reports if its id or its run's id was there before. */
    Match remember(StoredCommand command, Instant at) {
        sweep(at);
        UserKey user = command.header().user();
        forgetBefore(user, at.minus(window));
        if (!add(user, new Id(Kind.COMMAND, command.header().id()), at)) {
            return Match.SAME_COMMAND;
        }
        if (command.type() != StoredCommand.Type.CANCEL
                && !add(user, new Id(Kind.RUN, command.header().runId()), at)) {
            return Match.SAME_RUN;
        }
        return Match.NEW;
    }

    private boolean add(UserKey user, Id id, Instant at) {
        if (seen.computeIfAbsent(user, key -> new LinkedHashMap<>(4)).putIfAbsent(id, at) != null) {
            return false;
        }
        if (++ids > MOST) {
            forgetSome();
        }
        return true;
    }

    private void forgetSome() {
        Map<Id, Instant> largest = Map.of();
        for (Map<Id, Instant> each : seen.values()) {
            largest = each.size() > largest.size() ? each : largest;
        }
        if (largest.size() >= FLOOD) {
            forgetFirst(largest, Math.min(FORGOTTEN_AT_ONCE, largest.size() / 2));
        } else {
            Iterator<Map<Id, Instant>> users = seen.values().iterator();
            for (int left = FORGOTTEN_AT_ONCE; left > 0 && users.hasNext(); ) {
                Map<Id, Instant> each = users.next();
                left -= each.size();
                ids -= each.size();
                users.remove();
            }
        }
    }

    private void forgetFirst(Map<Id, Instant> theirs, int count) {
        Iterator<Instant> oldest = theirs.values().iterator();
        for (int i = 0; i < count && oldest.hasNext(); i++) {
            oldest.next();
            oldest.remove();
            ids--;
        }
    }

    /** Forgets the expired ids of all users, also of those who send no more; once in a 24th of the window. */
    private void sweep(Instant now) {
        if (swept == null) {
            swept = now;
        } else if (swept.plus(window.dividedBy(24)).isBefore(now)) {
            swept = now;
            for (Iterator<Map<Id, Instant>> users = seen.values().iterator(); users.hasNext(); ) {
                Map<Id, Instant> each = users.next();
                forgetBefore(each, now.minus(window));
                if (each.isEmpty()) {
                    users.remove();
                }
            }
        }
    }

    private void forgetBefore(UserKey user, Instant oldest) {
        Map<Id, Instant> theirs = seen.get(user);
        if (theirs != null) {
            forgetBefore(theirs, oldest);
        }
    }

    private void forgetBefore(Map<Id, Instant> theirs, Instant oldest) {
        for (Iterator<Instant> times = theirs.values().iterator();
                times.hasNext() && times.next().isBefore(oldest); ) {
            times.remove();
            ids--;
        }
    }
}
