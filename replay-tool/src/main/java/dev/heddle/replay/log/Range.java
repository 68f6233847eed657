package dev.heddle.replay.log;

/**
 * The bounds of a reading.
 *
 * @param from where it begins
 * @param to what it ends before
 */
public record Range(RangeBound from, RangeBound to) {
    /** The range of all that is kept now. */
    public static final Range ALL = new Range(new RangeBound.Earliest(), new RangeBound.Latest());

    /** The offsets of one partition, as far as they are kept. */
    public OffsetRange in(int partition, LogConsumer log) {
        OffsetRange kept = log.extent(partition);
        return kept.within(from.in(kept, log), to.in(kept, log));
    }
}
