package dev.heddle.edge.hub;

import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * A reader of some partitions of the log. Owned by one thread, which alone calls it, but for {@link #wakeup()}.
 *
 * <p>Reads what the leader has committed to its replicas, whether or not a transaction around it has ended.
 */
public interface LogReader extends AutoCloseable {
    /** What a reader is for: how long it may wait at the broker, and how much it takes at once. */
    enum Use {
        /** The newest records, as they come. */
        TAIL,
        /** A bounded stretch of old ones; never waits long at the broker. */
        CATCH_UP
    }

    /** Reads the partition from this offset on, whether or not it was being read. */
    void seek(int partition, long offset);

    /** Leaves the partition out of {@link #poll} until {@link #resume}, keeping its place. */
    void pause(int partition);

    /** Takes a paused partition up again where it was. */
    void resume(int partition);

    /** Reads the partition no more. */
    void drop(int partition);

    /**
     * Tells that the partition holds more up to this offset, so that silence before it is not taken for the end of the
     * log.
     */
    default void expect(int partition, long end) {}

    /**
     * Goes on in the partitions that are read; waits for records at most this long.
     *
     * @param wanted whose records are brought; the others are passed over where they are read, before anything of them
     *     is copied
     */
    Fetch poll(Duration wait, Wanted wanted);

    /** Ends a {@link #poll} that waits, or the next one. From any thread. */
    void wakeup();

    @Override
    void close();

    /** Whose records are brought. Asked by the thread that polls. */
    @FunctionalInterface
    interface Wanted {
        /** Everybody's. */
        Wanted ALL = partition -> user -> true;

        /** The users who are wanted of a partition; asked once a poll and partition. */
        Predicate<UserKey> in(int partition);
    }

    /** What one poll brought. */
    record Fetch(List<PartitionFetch> partitions, List<Lost> lost) {
        public static final Fetch NOTHING = new Fetch(List.of(), List.of());
    }

    /**
     * How many records were passed over.
     *
     * @param bytes of their keys and values
     */
    record Passed(int records, long bytes) {
        public static final Passed NONE = new Passed(0, 0);
    }

    /**
     * The wanted records of one partition, in the order of the log.
     *
     * @param next where reading goes on; may lie behind the last record by more than one, for transaction markers,
     *     compacted and undecodable records and damaged batches take offsets too
     */
    record PartitionFetch(int partition, List<LogRecord> records, Passed passed, Position next) {}

    /** A partition that cannot be read on at its place; the reader has dropped it. */
    record Lost(int partition, Cause cause) {}

    /** Why a partition cannot be read on. */
    enum Cause {
        /** The place lies outside of what the log keeps. */
        OUT_OF_RANGE,
        /** The log was truncated below the place. */
        TRUNCATED,
        /** The topic is gone or another one now. */
        GONE
    }
}
