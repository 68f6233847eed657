package dev.heddle.agents.runtime;

import dev.heddle.agents.ExecutorConfig;
import dev.heddle.agents.PartitionFence;
import dev.heddle.agents.Publisher;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The fences that this executor holds, each committed every few seconds by one of two threads. Taking one blocks; any
 * thread may call.
 */
final class Fences implements AutoCloseable {

    private final ExecutorConfig config;
    private final Publisher.Sight sight;
    private final Map<PartitionFence, Future<?>> held = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(2, new DaemonThreads("heddle-fences"));

    Fences(ExecutorConfig config, Publisher.Sight sight) {
        this.config = config;
        this.sight = sight;
        timer.setRemoveOnCancelPolicy(true);
    }

    /**
     * Shuts out whoever appended for this command partition before.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka did not answer in time, or refuses
     */
    PartitionFence take(int partition) {
        String transactionalId = config.commands().group() + "-" + partition;
        PartitionFence fence = PartitionFence.take(config.kafka(), config.publisher(), transactionalId, sight);
        long every = config.takeover().commitEvery().toMillis();
        held.put(fence, timer.scheduleWithFixedDelay(fence::commit, every, every, TimeUnit.MILLISECONDS));
        return fence;
    }

    /** Commits what was appended and gives the fence up. */
    void giveUp(PartitionFence fence) {
        forget(fence);
        fence.close();
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
    }
}
