package dev.heddle.replay.log;

import dev.heddle.concurrent.DaemonThreads;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;

/**
 * A parallel scan of ranges of many partitions by several threads, each with a reader of its own. The longest ranges
 * come first, so that the threads end at about the same time.
 */
public final class PartitionSweep {
    private final LogConsumer log;
    private final int threads;

    /** @param threads at least 1 */
    public PartitionSweep(LogConsumer log, int threads) {
        this.log = log;
        this.threads = threads;
    }

    /** A sweep with as many threads as there are processors. */
    public static PartitionSweep of(LogConsumer log) {
        return new PartitionSweep(log, Runtime.getRuntime().availableProcessors());
    }

    /** Does the work on each range and waits for all; returns the results in no particular order. */
    public <T> List<T> each(List<OffsetRange> ranges, BiFunction<LogConsumer, OffsetRange, T> work) {
        Queue<OffsetRange> waiting = new ConcurrentLinkedQueue<>(ranges.stream()
                .sorted(Comparator.comparingLong(OffsetRange::length).reversed())
                .toList());
        int workers = Math.max(1, Math.min(threads, ranges.size()));
        ExecutorService pool = Executors.newFixedThreadPool(workers, DaemonThreads.named("heddle-sweep"));
        try {
            List<Future<List<T>>> results = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                results.add(pool.submit(() -> drain(waiting, work)));
            }
            List<T> all = new ArrayList<>();
            for (Future<List<T>> result : results) {
                all.addAll(result.get());
            }
            return all;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplayException("interrupted", e);
        } finally {
            pool.shutdownNow();
        }
    }

    private <T> List<T> drain(Queue<OffsetRange> waiting, BiFunction<LogConsumer, OffsetRange, T> work) {
        List<T> results = new ArrayList<>();
        try (LogConsumer reader = log.another()) {
            for (OffsetRange next = waiting.poll(); next != null; next = waiting.poll()) {
                results.add(work.apply(reader, next));
            }
        }
        return results;
    }
}
