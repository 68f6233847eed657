package dev.heddle.replay.log;

/**
 * The bounds of a scan.
 *
 * @param from where it begins
 * @param to what it ends before
 */
public record Range(RangeBound from, RangeBound to) {
    /** The range of all retained events. */
    public static final Range ALL = new Range(new RangeBound.Earliest(), new RangeBound.Latest());

    /** The range's retained offsets of one partition. */
    public OffsetRange in(int partition, LogConsumer log) {
        OffsetRange kept = log.extent(partition);
        return kept.within(from.in(kept, log), to.in(kept, log));
    }
}
