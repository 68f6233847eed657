package dev.heddle.replay.log;

/**
 * How the reading of one partition of the index went.
 *
 * @param records all of them
 * @param unusable those that are no index records of this log, which nobody heeds
 * @param bytes of keys and values
 */
public record IndexReading(long records, long unusable, long bytes) {
    static final IndexReading NOTHING = new IndexReading(0, 0, 0);
}
