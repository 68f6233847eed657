package dev.heddle.edge.log;

import java.util.concurrent.atomic.LongAdder;

/** What an edge has read of the index, for metrics. Written and read by any thread. */
public final class IndexReadings {
    private final LongAdder reads = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder records = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder unusable = new LongAdder();
    private final LongAdder failures = new LongAdder();

    /** Stretches that were read from Kafka. */
    public long reads() {
        return reads.sum();
    }

    /** The time that took, in ns. */
    public long nanos() {
        return nanos.sum();
    }

    /** Index records that were read. */
    public long records() {
        return records.sum();
    }

    /** The bytes of their keys and values. */
    public long bytes() {
        return bytes.sum();
    }

    /** Those of them that were no index records of this log. */
    public long unusable() {
        return unusable.sum();
    }

    /** How often the index could not be read, or not in time. */
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
