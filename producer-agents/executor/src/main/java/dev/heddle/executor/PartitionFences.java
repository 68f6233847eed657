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
    /** As many as commits take long: one that a partition without a leader holds up holds up no other. */
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
     * Shuts out whoever appended for this command partition before.
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

    /** Commits what was appended and gives the fence up. */
    void giveUp(PartitionFence fence) {
        forget(fence);
        fence.close();
    }

    /**
     * Gives these up at the same time, and without a word those of which Kafka does not say within this time that they
     * are.
     */
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

    /** Gives it up without a word to Kafka. */
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

    /** Gives up what is left. */
    @Override
    public void close() {
        timer.shutdown();
        held.keySet().forEach(this::giveUp);
        committers.shutdown();
        limit.close();
    }
}
