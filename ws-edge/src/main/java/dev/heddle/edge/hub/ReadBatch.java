package dev.heddle.edge.hub;

import java.util.ArrayList;
import java.util.List;

/**
 * What one read gathers for one frame: a user's next records up to a bound in bytes, and where the session stands after
 * them. Made for the read; owned by one event loop or one catch-up reader.
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
     * @param maxBytes stored bytes; one record may be larger if it is the only one
     * @param hint the window sequence of the last record that the session has read; {@link Strand#NONE} if it has none
     */
    ReadBatch(int maxBytes, long hint) {
        this.maxBytes = maxBytes;
        this.hint = hint;
    }

    /** Whether a record would find room. */
    boolean fits(LogRecord record) {
        return records.isEmpty() || bytes + record.storedBytes() <= maxBytes;
    }

    /** Takes a record, unless the batch is full. */
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

    /** Forgets everything that was gathered, and the hint. */
    void restart() {
        records.clear();
        bytes = 0;
        hint = Strand.NONE;
    }

    /** Everything before this mark has been looked at. */
    void reach(Window.Mark end) {
        if (records.isEmpty() || end.offset() > nextOffset) {
            nextOffset = end.offset();
            leaderEpoch = end.leaderEpoch();
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
