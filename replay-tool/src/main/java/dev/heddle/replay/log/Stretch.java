package dev.heddle.replay.log;

/**
 * Offsets of one partition, one behind the other.
 *
 * @param from the first of them
 * @param to the first that is none of them, not before {@code from}
 */
public record Stretch(int partition, long from, long to) {
    public Stretch {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("no stretch from " + from + " to " + to);
        }
    }

    /** The number of offsets; markers of transactions are among them. */
    public long length() {
        return to - from;
    }

    /** The offsets that both have in common; empty, at this one's end, if there are none. */
    public Stretch within(long atLeast, long atMost) {
        long begin = Math.min(to, Math.max(from, atLeast));
        return new Stretch(partition, begin, Math.max(begin, Math.min(to, atMost)));
    }
}
