package dev.heddle.edge.hub;

import dev.heddle.event.Generation;
import dev.heddle.event.Position;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

/** The log of events. Lookups are answered by the partition's leader; a stage fails when Kafka is away. Thread-safe. */
public interface EventLog extends AutoCloseable {
    /** The identity of this log. */
    Generation generation();

    /** Start and end of the partition, as its leader knew them at some instant after the call. */
    CompletionStage<Extent> extent(int partition);

    /** The offset of the first record that the log took at or after a time; the end if there is none. */
    CompletionStage<Long> offsetAt(int partition, Instant time);

    /**
     * Compares a position with the leader's history of epochs (KIP-320).
     *
     * @param now extent of the partition, looked up just before; the position lies in it
     * @return the position up to which the log that the position was taken from and the log of today agree: the same
     *     position if it stands, a lower one if the log was truncated below it
     */
    CompletionStage<Position> agreement(int partition, Position position, Extent now);

    /** A new reader of this log. */
    LogReader openReader(LogReader.Use use);

    /** The index of this log, for one thread. */
    BlockIndex openIndex();

    @Override
    void close();

    /**
     * Start and end of a partition.
     *
     * @param start the earliest kept offset
     * @param end the offset that the next record gets (the high watermark)
     * @param leaderEpoch the epoch of the leader that answered; -1 if it did not tell
     */
    record Extent(long start, long end, int leaderEpoch) {}
}
