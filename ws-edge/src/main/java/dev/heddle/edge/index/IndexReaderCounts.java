package dev.heddle.edge.index;

import java.util.concurrent.atomic.LongAdder;

/** The counters of an edge's reading of the index, for metrics. Thread-safe. */
public final class IndexReaderCounts {
    private final LongAdder reads = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder records = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder unusable = new LongAdder();
    private final LongAdder failures = new LongAdder();

    /** Ranges read from Kafka. */
    public long reads() {
        return reads.sum();
    }

    /** The time of reading them, in ns. */
    public long nanos() {
        return nanos.sum();
    }

    /** Index records read. */
    public long records() {
        return records.sum();
    }

    /** The size of their keys and values, in bytes. */
    public long bytes() {
        return bytes.sum();
    }

    /** Records that were no index records of this log. */
    public long unusable() {
        return unusable.sum();
    }

    /** Times that the index could not be read, or not in time. */
    public long failures() {
        return failures.sum();
    }

    void read(long tookNanos) {
        reads.increment();
        nanos.add(tookNanos);
    }

    void record(int size) {
        records.increment();
        bytes.add(size);
    }

    void unusableRecord() {
        unusable.increment();
    }

    void failed() {
        failures.increment();
    }
}
