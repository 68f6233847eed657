package dev.heddle.replay.log;

/**
 * The counts of one reading of a partition of the index.
 *
 * @param records all of them
 * @param unusable those that are no index records of this log, which nobody heeds
 * @param bytes of keys and values
 */
public record IndexReading(long records, long unusable, long bytes) {
    static final IndexReading NOTHING = new IndexReading(0, 0, 0);
}
