package dev.heddle.edge.index;

import java.util.concurrent.atomic.AtomicLong;

/** The counters of an {@link IndexBuilder} since its start, for metrics. Written by its thread, read by any. */
public final class IndexBuilderCounts {
    private final AtomicLong records = new AtomicLong();
    private final AtomicLong logBytes = new AtomicLong();
    private final AtomicLong blocks = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong rewinds = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();

    /** Records read from the log. */
    public long records() {
        return records.get();
    }

    /** The size of their keys and values, in bytes. */
    public long logBytes() {
        return logBytes.get();
    }

    /** Blocks whose index record Kafka has acknowledged. */
    public long blocks() {
        return blocks.get();
    }

    /** The size of these index records' values, in bytes. */
    public long bytes() {
        return bytes.get();
    }

    /** Truncations of the log that the builder has noticed. */
    public long rewinds() {
        return rewinds.get();
    }

    /** Restarts after a failure. */
    public long failures() {
        return failures.get();
    }

    void read(int count, long bytes) {
        records.addAndGet(count);
        logBytes.addAndGet(bytes);
    }

    void built(int valueBytes) {
        blocks.incrementAndGet();
        bytes.addAndGet(valueBytes);
    }

    void rewound() {
        rewinds.incrementAndGet();
    }

    void failed() {
        failures.incrementAndGet();
    }
}
