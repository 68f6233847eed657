package dev.heddle.edge.hub;

import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * A reader of some partitions of the log. Owned by one thread, which alone calls it, but for {@link #wakeup()}.
 *
 * <p>Reads all records that are committed to the replicas, also those of open transactions.
 */
public interface LogReader extends AutoCloseable {
    /** The use of a reader, which decides on its wait at the broker and the size of its fetches. */
    enum Use {
        /** The newest records, as they come. */
        TAIL,
        /** A bounded stretch of old ones; never waits long at the broker. */
        CATCH_UP
    }

    /** Reads the partition from this offset on; a partition that is being read already continues there. */
    void seek(int partition, long offset);

    /** Leaves the partition out of {@link #poll} until {@link #resume}, keeping its place. */
    void pause(int partition);

    /** Takes a paused partition up again where it was. */
    void resume(int partition);

    /** Reads the partition no more. */
    void drop(int partition);

    /**
     * Sets an offset up to which the partition has records: a poll without records before it does not mean the end of
     * the log.
     */
    default void expect(int partition, long end) {}

    /**
     * Goes on in the partitions that are read; waits for records at most this long.
     *
     * @param wanted filter of users; records of others are passed over before anything of them is copied
     */
    Fetch poll(Duration wait, Wanted wanted);

    /** Ends a {@link #poll} that waits, or the next one. From any thread. */
    void wakeup();

    @Override
    void close();

    /** The filter of a poll. Called by the thread that polls. */
    @FunctionalInterface
    interface Wanted {
        /** The records of all users. */
        Wanted ALL = partition -> user -> true;

        /** The users whose records are wanted; called once a poll and partition. */
        Predicate<UserKey> in(int partition);
    }

    /** The result of one poll. */
    record Fetch(List<PartitionFetch> partitions, List<Lost> lost) {
        public static final Fetch NOTHING = new Fetch(List.of(), List.of());
    }

    /**
     * The number of records passed over.
     *
     * @param bytes size of their keys and values
     */
    record Passed(int records, long bytes) {
        public static final Passed NONE = new Passed(0, 0);
    }

    /**
     * The wanted records of one partition, in the order of the log.
     *
     * @param next position of the next read; there may be a gap behind the last record: transaction markers, compacted
     *     and undecodable records and damaged batches take offsets, too
     */
    record PartitionFetch(int partition, List<LogRecord> records, Passed passed, Position next) {}

    /** A partition that cannot be read at its position; the reader has dropped it. */
    record Lost(int partition, Cause cause) {}

    /** The cause for which a partition cannot be read. */
    enum Cause {
        /** The position lies outside of the offsets that the log keeps. */
        OUT_OF_RANGE,
        /** The log was truncated below the position. */
        TRUNCATED,
        /** The topic is gone or another one now. */
        GONE
    }
}
