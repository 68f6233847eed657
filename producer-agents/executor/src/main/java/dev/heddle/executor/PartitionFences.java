package dev.heddle.executor;

import dev.heddle.agents.PartitionFence;
import dev.heddle.agents.Publisher;
import dev.heddle.concurrent.DaemonThreads;
import dev.heddle.topic.RecordLimit;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The fences that this executor holds, each committed every few seconds. Taking one blocks; any thread may call. */
final class PartitionFences implements AutoCloseable {

    private final ExecutorConfig config;
    private final Publisher.Telemetry telemetry;
    private final RecordLimit limit;
    private final Map<PartitionFence, Future<?>> held = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, DaemonThreads.numbered("heddle-fences"));
    /** A thread for each commit that takes long, so that a partition without a leader holds up no other. */
    private final ThreadPoolExecutor committers = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            30,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            DaemonThreads.numbered("heddle-commits"),
            new ThreadPoolExecutor.DiscardPolicy());

    PartitionFences(ExecutorConfig config, Publisher.Telemetry telemetry) {
        this.config = config;
        this.telemetry = telemetry;
        this.limit = new RecordLimit(config.kafka(), "heddle-executor-limit");
        timer.setRemoveOnCancelPolicy(true);
    }

    /**
     * Takes the fence of this command partition and shuts out its former holder.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka did not answer in time, or refuses
     */
    PartitionFence take(int partition) {
        String transactionalId = config.commands().group() + "-" + partition;
        PartitionFence fence =
                PartitionFence.take(config.kafka(), config.publisher(), transactionalId, telemetry, limit);
        long every = config.takeover().commitEvery().toMillis();
        Runnable commit = () -> committers.execute(fence::commit);
        held.put(fence, timer.scheduleWithFixedDelay(commit, every, every, TimeUnit.MILLISECONDS));
        return fence;
    }

    /** Commits the appended records and gives the fence up. */
    void giveUp(PartitionFence fence) {
        forget(fence);
        fence.close();
    }

    /** Gives these fences up at the same time; those that Kafka does not confirm within this time are discarded. */
    void giveUp(Collection<PartitionFence> fences, Duration time) {
        CompletableFuture<?>[] given = fences.stream()
                .map(fence -> CompletableFuture.runAsync(() -> giveUp(fence), committers))
                .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(given).get(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            fences.forEach(this::discard);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives the fence up without a commit. */
    void discard(PartitionFence fence) {
        forget(fence);
        fence.discard();
    }

    private void forget(PartitionFence fence) {
        Future<?> commits = held.remove(fence);
        if (commits != null) {
            commits.cancel(false);
        }
    }

    /** Gives up the fences that are left. */
    @Override
    public void close() {
        timer.shutdown();
        held.keySet().forEach(this::giveUp);
        committers.shutdown();
        limit.close();
    }
}
