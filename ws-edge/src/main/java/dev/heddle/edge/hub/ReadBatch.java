package dev.heddle.edge.hub;

import java.util.ArrayList;
import java.util.List;

/**
 * The result of one read for one frame: a user's next records up to a bound in bytes, and the position after them. Used
 * for one read; owned by one event loop or one catch-up reader.
 */
final class ReadBatch {
    private final int maxBytes;
    private final ArrayList<LogRecord> records = new ArrayList<>();
    private long hint;
    private long bytes;
    private long nextOffset;
    private int leaderEpoch;

    /**
     * An empty batch.
     *
     * @param maxBytes bound in stored bytes; a record larger than it is taken alone
     * @param hint window sequence of the last record that the session has read, or {@link RecordChain#NONE}
     */
    ReadBatch(int maxBytes, long hint) {
        this.maxBytes = maxBytes;
        this.hint = hint;
    }

    /** True if the batch has room for the record. */
    boolean fits(LogRecord record) {
        return records.isEmpty() || bytes + record.storedBytes() <= maxBytes;
    }

    /** Adds a record; false if it does not fit. */
    boolean add(LogRecord record) {
        if (!fits(record)) {
            return false;
        }
        records.add(record);
        bytes += record.storedBytes();
        nextOffset = record.offset() + 1;
        leaderEpoch = record.leaderEpoch();
        return true;
    }

    /** Drops all records, and the hint. */
    void restart() {
        records.clear();
        bytes = 0;
        hint = RecordChain.NONE;
    }

    /** Moves the batch's end on to an offset before which every record was looked at. */
    void advanceTo(long offset, int epoch) {
        if (records.isEmpty() || offset > nextOffset) {
            nextOffset = offset;
            leaderEpoch = epoch;
        }
    }

    List<LogRecord> records() {
        return records;
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    long bytes() {
        return bytes;
    }

    long nextOffset() {
        return nextOffset;
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    long hint() {
        return hint;
    }

    void hint(long sequence) {
        hint = sequence;
    }
}
