package dev.heddle.edge.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The readers of a hub, and the partitions they work on. Each reader is stepped by one thread of the hub.
 *
 * <p>Catch-up of a partition is always done by the same reader: {@link #catchUpReaderOf}.
 */
final class HubWorkers {
    private final List<HubPartition> partitions;
    private final ByteBudget windowBytes;
    private final Tail tail;
    private final List<CatchUpReader> catchUpReaders = new ArrayList<>();
    private final BackwardScan backwardScan;

    /** Readers of a log that have not read yet. */
    HubWorkers(EventLog log, HubEnvironment environment) {
        HubConfig config = environment.config();
        partitions = IntStream.range(0, log.generation().partitions())
                .mapToObj(number -> new HubPartition(number, config.joinRecords()))
                .toList();
        windowBytes = new ByteBudget(config.windowBytes());
        backwardScan = new BackwardScan(log.openReader(LogReader.Use.CATCH_UP), log.openIndex(), environment);
        tail = new Tail(log.openReader(LogReader.Use.TAIL), partitions, windowBytes, this::onLogChanged, environment);
        long share = config.catchUpBytes() / config.catchUpReaders();
        for (int i = 0; i < config.catchUpReaders(); i++) {
            LogReader reader = log.openReader(LogReader.Use.CATCH_UP);
            catchUpReaders.add(new CatchUpReader(reader, log.openIndex(), partitions, share, environment));
        }
    }

    private void onLogChanged(int partition) {
        catchUpReaders.get(catchUpReaderOf(partition)).logChanged(partition);
    }

    /** The partitions of the log, by number. */
    List<HubPartition> partitions() {
        return partitions;
    }

    /** The budget of all windows. */
    ByteBudget windowBytes() {
        return windowBytes;
    }

    Tail tail() {
        return tail;
    }

    List<CatchUpReader> catchUpReaders() {
        return catchUpReaders;
    }

    /** The index of the catch-up reader of a partition. */
    int catchUpReaderOf(int partition) {
        return partition % catchUpReaders.size();
    }

    BackwardScan backwardScan() {
        return backwardScan;
    }
}
