package dev.heddle.edge.hub;

import java.util.concurrent.atomic.AtomicLong;

/** Counts what the hub tells. */
final class CountingObserver implements HubObserver {
    private final AtomicLong foreign = new AtomicLong();
    private final AtomicLong misplaced = new AtomicLong();
    private final AtomicLong undecodable = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong scannedBytes = new AtomicLong();
    private final AtomicLong scannedRecords = new AtomicLong();

    long foreign() {
        return foreign.get();
    }

    long misplaced() {
        return misplaced.get();
    }

    long undecodable() {
        return undecodable.get();
    }

    long delivered() {
        return delivered.get();
    }

    long scannedBytes() {
        return scannedBytes.get();
    }

    long scannedRecords() {
        return scannedRecords.get();
    }

    @Override
    public void tailed(int partition, int records, long bytes) {}

    @Override
    public void delivered(int events, long bytes, long firstTimestamp) {
        delivered.addAndGet(events);
    }

    @Override
    public void windowRead(boolean hit) {}

    @Override
    public void caughtUpChunk(int events, long bytes) {}

    @Override
    public void catchUpScanned(int partition, int records, long bytes) {
        scannedBytes.addAndGet(bytes);
        scannedRecords.addAndGet(records);
    }

    @Override
    public void indexSkipped(long offsets) {}

    @Override
    public void indexMistaken() {}

    @Override
    public void caughtUpAfter(long nanos) {}

    @Override
    public void misplaced(int partition, long offset) {
        misplaced.incrementAndGet();
    }

    @Override
    public void undecodable(int partition, long offset, String why) {
        undecodable.incrementAndGet();
    }

    @Override
    public void unreadable(int partition, long offsets) {}

    @Override
    public void foreignRefused() {
        foreign.incrementAndGet();
    }
}
