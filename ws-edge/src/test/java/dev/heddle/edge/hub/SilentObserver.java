package dev.heddle.edge.hub;

/** Listens to nothing: for tests that look elsewhere. */
public final class SilentObserver implements HubObserver {
    @Override
    public void tailed(int partition, int records, long bytes) {}

    @Override
    public void delivered(int events, long bytes, long firstTimestamp) {}

    @Override
    public void windowRead(boolean hit) {}

    @Override
    public void caughtUpChunk(int events, long bytes) {}

    @Override
    public void catchUpScanned(int partition, int records, long bytes) {}

    @Override
    public void indexSkipped(long offsets) {}

    @Override
    public void indexMistaken() {}

    @Override
    public void caughtUpAfter(long nanos) {}

    @Override
    public void misplaced(int partition, long offset) {}

    @Override
    public void undecodable(int partition, long offset, String why) {}

    @Override
    public void unreadable(int partition, long offsets) {}

    @Override
    public void foreignRefused() {}
}
