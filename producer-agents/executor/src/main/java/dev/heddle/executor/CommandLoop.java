package dev.heddle.executor;

import dev.heddle.agents.PartitionFence;
import dev.heddle.event.topic.Topics;
import dev.heddle.topic.LogLimit;
import dev.heddle.topic.SkippingPoller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that reads {@code agent-commands} in the executors' group: it polls, decodes, hands commands over in
 * order, and commits the settled offsets. A partition is given up only after its runs have ended in the log.
 *
 * <p>Commands are read however many runs wait, so that a cancel can overtake them. A partition is paused only for
 * reasons of its own: until it is claimed, for which another thread asks Kafka, and while too much of it waits for the
 * takeover or for acknowledged answers.
 */
final class CommandLoop implements Runnable, ConsumerRebalanceListener {

    private static final Logger log = LoggerFactory.getLogger(CommandLoop.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration POLL_UNCLAIMED = Duration.ofMillis(10);
    private static final Duration COMMIT_EVERY = Duration.ofSeconds(1);
    private static final Duration HAND_OVER = Duration.ofSeconds(10);
    private static final Duration RECLAIM_EVERY = Duration.ofSeconds(1);
    private static final Duration CLAIM_AGAIN = Duration.ofSeconds(1);
    private static final Duration RECLAIM_PATIENCE = Duration.ofSeconds(5);

    private final Consumer<byte[], byte[]> consumer;
    private final Dispatcher dispatcher;
    private final PartitionFences fences;
    private final StartOffsets starts;
    private final CommandDecoder decoder;
    private final ExecutorConfig config;
    private final ExecutorMetrics metrics;
    private final SkippingPoller<byte[], byte[]> poller;
    private final LogLimit logged = LogLimit.ofReader();
    private final Map<TopicPartition, PartitionAssignment> assignments = new HashMap<>();
    private final Map<TopicPartition, Long> committed = new HashMap<>();
    /** The offset after the last command read, for each assignment. */
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    /** The assigned partitions that are not claimed, each with Kafka's answer, or null before it is asked. */
    private final Map<TopicPartition, @Nullable CompletableFuture<StartOffsets.Start>> unclaimed = new HashMap<>();

    private final CompletableFuture<Void> consuming = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private long lastCommit = System.nanoTime();
    private long nextReclaim = System.nanoTime();
    private long nextClaim = System.nanoTime();
    private boolean assigned;
    private volatile boolean claimed;

    CommandLoop(
            Consumer<byte[], byte[]> consumer,
            Dispatcher dispatcher,
            PartitionFences fences,
            StartOffsets starts,
            ExecutorConfig config,
            ExecutorMetrics metrics) {
        this.consumer = consumer;
        this.dispatcher = dispatcher;
        this.fences = fences;
        this.starts = starts;
        this.decoder = new CommandDecoder(config.publisher().partitions(), metrics);
        this.config = config;
        this.metrics = metrics;
        this.poller = SkippingPoller.waiting(consumer, config.kafka(), metrics::unreadable);
    }

    /** Completes when this executor has claimed its share of the group's partitions, maybe none, for the first time. */
    CompletableFuture<Void> consuming() {
        return consuming;
    }

    /** True if commands of every assigned partition are read. Any thread. */
    boolean hasClaimedAll() {
        return claimed;
    }

    /** Completes when the loop has ended: with a failure if it ended by itself. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /**
     * Asks the loop to give its partitions up and end, after its poll at the latest. It is not woken up: that would
     * break off the last commit when it comes at the wrong moment.
     */
    void stop() {
        stopping.countDown();
    }

    @Override
    public void run() {
        try (consumer) {
            consumer.subscribe(List.of(Topics.AGENT_COMMANDS), this);
            while (stopping.getCount() > 0) {
                step();
            }
            giveUp(assignments.keySet(), RunEnding.STOPPED);
            ended.complete(null);
        } catch (RuntimeException | InterruptedException | Error e) {
            log.atError().setCause(e).log("The command loop has ended");
            consuming.completeExceptionally(e);
            ended.completeExceptionally(e);
        }
    }

    private void step() throws InterruptedException {
        try {
            ConsumerRecords<byte[], byte[]> records =
                    poller.poll(unclaimed.isEmpty() ? POLL : POLL_UNCLAIMED).records();
            if (!records.isEmpty()) {
                reclaimCut(records);
                await(dispatcher.accept(decoder.decode(records, assignments)));
            }
            claimWhatIsAnswered();
            reclaimBroken();
            throttle();
            if (System.nanoTime() - lastCommit > COMMIT_EVERY.toNanos()) {
                lastCommit = System.nanoTime();
                consumer.commitAsync(committable(assignments.keySet()), (offsets, failure) -> {
                    if (failure == null) {
                        offsets.forEach((partition, offset) -> committed.put(partition, offset.offset()));
                    }
                });
            }
        } catch (KafkaException e) {
            // A right that was never granted is a mistake to report; one that is withdrawn may come back.
            boolean refused = e instanceof AuthorizationException || e instanceof AuthenticationException;
            if (refused ? !consuming.isDone() : !(e instanceof RetriableException)) {
                throw e;
            }
            logged.permit().ifPresent(suppressed -> log.atWarn()
                    .addKeyValue("error", e.getClass().getName())
                    .addKeyValue("suppressed", suppressed)
                    .log("Kafka could not be asked; trying again"));
            if (stopping.await(1, TimeUnit.SECONDS)) {
                log.atDebug().log("Stopping");
            }
        }
    }

    /** Pauses and resumes partitions, decided anew after each poll so that no pause can be forgotten. */
    private void throttle() {
        Set<TopicPartition> paused = consumer.paused();
        for (TopicPartition partition : consumer.assignment()) {
            PartitionAssignment assignment = assignments.get(partition);
            boolean hold = assignment == null || assignment.isFull();
            if (hold && !paused.contains(partition)) {
                consumer.pause(Set.of(partition));
            } else if (!hold && paused.contains(partition)) {
                consumer.resume(Set.of(partition));
            }
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> committable(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (TopicPartition partition : partitions) {
            PartitionAssignment assignment = assignments.get(partition);
            if (assignment != null) {
                long offset = assignment.offsets().committable();
                if (!Long.valueOf(offset).equals(committed.get(partition))) {
                    offsets.put(partition, new OffsetAndMetadata(offset));
                }
            }
        }
        return offsets;
    }

    /**
     * Claims anew the partitions that this executor still owns but cannot append to any more: Kafka was away for too
     * long, or another took the fence. The group decides if this executor still owns them: only a member may commit.
     */
    private void reclaimBroken() {
        Map<TopicPartition, PartitionAssignment> broken = new HashMap<>();
        assignments.forEach((partition, assignment) -> {
            if (assignment.isBroken()) {
                broken.put(partition, assignment);
            }
        });
        if (broken.isEmpty() || System.nanoTime() < nextReclaim) {
            return;
        }
        nextReclaim = System.nanoTime() + RECLAIM_EVERY.toNanos();
        release(broken.keySet(), RunEnding.ABANDONED);
        Map<TopicPartition, OffsetAndMetadata> settled = new HashMap<>();
        broken.forEach((partition, assignment) -> settled.put(
                partition, new OffsetAndMetadata(assignment.offsets().committable())));
        reclaim(settled);
    }

    /**
     * Claims anew the partitions of which Kafka has lost the end: a command may have an offset by now that another one
     * had before. All that is read again counts as not settled, and its outcome is looked up in the log.
     */
    private void reclaimCut(ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, OffsetAndMetadata> cut = new HashMap<>();
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> read = records.records(partition);
            Long position = positions.get(partition);
            if (position != null && read.get(0).offset() < position) {
                cut.put(partition, new OffsetAndMetadata(read.get(0).offset()));
            } else if (position != null) {
                positions.put(partition, read.get(read.size() - 1).offset() + 1);
            }
        }
        if (!cut.isEmpty()) {
            log.atWarn().addKeyValue("partitions", cut.keySet()).log("The end of the commands was lost");
            release(cut.keySet(), RunEnding.ABANDONED);
            toBeClaimed(cut.keySet()); // also if Kafka does not take the offsets
            reclaim(cut);
        }
    }

    private void reclaim(Map<TopicPartition, OffsetAndMetadata> settled) {
        try {
            consumer.commitSync(settled, RECLAIM_PATIENCE);
        } catch (CommitFailedException | RebalanceInProgressException | FencedInstanceIdException e) {
            log.atInfo().addKeyValue("partitions", settled.size()).log("Partitions are another's by now");
            return; // the next polls take them away
        }
        log.atWarn().addKeyValue("partitions", settled.size()).log("Partitions are claimed anew");
        settled.keySet().forEach(partition -> metrics.reclaimed());
        toBeClaimed(settled.keySet());
    }

    /** Marks the partitions as unclaimed. Kafka is not asked here: a failure in this callback would be lost. */
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        toBeClaimed(partitions);
        assigned = true;
        nextClaim = System.nanoTime();
    }

    private void toBeClaimed(Collection<TopicPartition> partitions) {
        consumer.pause(partitions);
        for (TopicPartition partition : partitions) {
            assignments.remove(partition);
            positions.remove(partition);
            unclaimed.put(partition, null);
        }
        claimed &= unclaimed.isEmpty();
    }

    private void claimWhatIsAnswered() {
        for (TopicPartition partition : List.copyOf(unclaimed.keySet())) {
            CompletableFuture<StartOffsets.Start> start = unclaimed.get(partition);
            if (start == null || !start.isDone()) {
                continue;
            }
            if (start.isCompletedExceptionally()) {
                logged.permit().ifPresent(suppressed -> log.atWarn()
                        .addKeyValue("partition", partition.partition())
                        .addKeyValue("suppressed", suppressed)
                        .log("A partition could not be claimed; trying again"));
                unclaimed.put(partition, null);
            } else {
                assign(partition, start.join());
            }
        }
        List<TopicPartition> unasked = unclaimed.keySet().stream()
                .filter(partition -> unclaimed.get(partition) == null)
                .toList();
        if (!unasked.isEmpty() && System.nanoTime() >= nextClaim) {
            nextClaim = System.nanoTime() + CLAIM_AGAIN.toNanos();
            unclaimed.putAll(starts.find(unasked));
        }
        claimed = assigned && unclaimed.isEmpty();
        if (claimed) {
            consuming.complete(null);
        }
    }

    private void assign(TopicPartition partition, StartOffsets.Start start) {
        consumer.seek(partition, start.read());
        unclaimed.remove(partition);
        assignments.put(
                partition,
                new PartitionAssignment(
                        partition.partition(), start.resume(), config.commands().dedup()));
        committed.put(partition, start.committed());
        positions.put(partition, start.read());
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        giveUp(partitions, RunEnding.MOVED);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        release(partitions, RunEnding.ABANDONED);
        forget(partitions);
    }

    private void forget(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : List.copyOf(partitions)) {
            assignments.remove(partition);
            positions.remove(partition);
            unclaimed.remove(partition);
        }
    }

    /** Ends the runs of these partitions in the log, and commits, before another executor can have the partitions. */
    private void giveUp(Collection<TopicPartition> partitions, RunEnding why) {
        release(partitions, why);
        fences.giveUp(fencesOf(partitions), HAND_OVER);
        Map<TopicPartition, OffsetAndMetadata> offsets = committable(partitions);
        forget(partitions);
        if (!offsets.isEmpty()) {
            try {
                consumer.commitSync(offsets, HAND_OVER);
            } catch (KafkaException e) {
                log.atWarn().addKeyValue("error", e.getClass().getName()).log("The last commit failed");
            }
        }
    }

    private void release(Collection<TopicPartition> partitions, RunEnding why) {
        List<PartitionAssignment> given = partitions.stream()
                .map(assignments::get)
                .filter(Objects::nonNull)
                .toList();
        if (given.isEmpty()) {
            return;
        }
        try {
            dispatcher.release(given, why).get(HAND_OVER.toMillis(), TimeUnit.MILLISECONDS);
            if (why == RunEnding.ABANDONED) {
                fencesOf(partitions).forEach(fences::discard);
            }
        } catch (TimeoutException | ExecutionException e) {
            log.atWarn()
                    .addKeyValue("error", e.getClass().getName())
                    .log("Not all runs have ended in time; whoever takes over ends them");
            var unused = dispatcher.release(given, RunEnding.ABANDONED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<PartitionFence> fencesOf(Collection<TopicPartition> partitions) {
        List<PartitionFence> held = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            PartitionAssignment assignment = assignments.get(partition);
            TakenPartition taken = assignment == null ? null : assignment.taken();
            if (taken != null) {
                held.add(taken.fence());
            }
        }
        return held;
    }

    private static void await(CompletableFuture<Void> handedOver) throws InterruptedException {
        try {
            handedOver.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("dispatching failed", e.getCause());
        }
    }
}
