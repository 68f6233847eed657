package dev.heddle.executor;

import java.util.TreeSet;

/**
 * The commands of one partition that have been taken and not settled; offsets may be committed up to the first of them.
 * Commands settle in any order. Thread-safe.
 */
final class OffsetTracker {

    private final TreeSet<Long> open = new TreeSet<>();
    private long next;

    /** @param next the first offset that may be taken */
    OffsetTracker(long next) {
        this.next = next;
    }

    /** Takes a command; offsets come in ascending order. */
    synchronized void take(long offset) {
        if (offset < next) {
            throw new IllegalArgumentException("offset " + offset + " was taken before");
        }
        open.add(offset);
        next = offset + 1;
    }

    /** Settles a command; the second time does nothing. */
    synchronized void settle(long offset) {
        open.remove(offset);
    }

    /** The offset to commit: every command before it is settled. */
    synchronized long committable() {
        return open.isEmpty() ? next : open.first();
    }

    synchronized int outstanding() {
        return open.size();
    }
}
