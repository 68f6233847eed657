package dev.heddle.replay.log;

/**
 * From where to where is read.
 *
 * @param from where it begins
 * @param to what it ends before
 */
public record Range(Place from, Place to) {
    /** All that there is now. */
    public static final Range ALL = new Range(new Place.Earliest(), new Place.Latest());

    /** The offsets of one partition, as far as they are kept. */
    public Stretch in(int partition, LogReader log) {
        Stretch kept = log.extent(partition);
        return kept.within(from.in(kept, log), to.in(kept, log));
    }
}
