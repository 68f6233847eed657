package dev.heddle.edge.log;

import java.util.concurrent.atomic.AtomicLong;

/** What an {@link IndexBuilder} has done since it was started, for metrics. Written by its thread, read by any. */
public final class IndexBuilderCounts {
    private final AtomicLong records = new AtomicLong();
    private final AtomicLong logBytes = new AtomicLong();
    private final AtomicLong blocks = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong rewinds = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();

    /** Records of the log that were read. */
    public long records() {
        return records.get();
    }

    /** The bytes of those records' keys and values. */
    public long logBytes() {
        return logBytes.get();
    }

    /** Blocks that were indexed, acknowledged by Kafka. */
    public long blocks() {
        return blocks.get();
    }

    /** The bytes of those index records' values. */
    public long bytes() {
        return bytes.get();
    }

    /** How often the log had been cut behind the builder's back. */
    public long rewinds() {
        return rewinds.get();
    }

    /** How often it began again after a failure. */
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
