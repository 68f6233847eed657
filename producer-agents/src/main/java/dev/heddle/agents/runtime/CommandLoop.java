package dev.heddle.agents.runtime;

import dev.heddle.agents.ExecutorConfig;
import dev.heddle.agents.PartitionFence;
import dev.heddle.event.AgentCommand;
import dev.heddle.event.CommandCodec;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import dev.heddle.trace.TraceParent;
import java.time.Duration;
import java.time.Instant;
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
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that reads {@code agent-commands} in the executors' group: it polls, decodes, hands over in order, and
 * commits what is settled. A partition is given up only after its runs have ended in the log.
 */
final class CommandLoop implements Runnable, ConsumerRebalanceListener {

    private static final Logger LOG = LoggerFactory.getLogger(CommandLoop.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration COMMIT_EVERY = Duration.ofSeconds(1);
    private static final Duration HAND_OVER = Duration.ofSeconds(10);
    private static final Duration RECLAIM_EVERY = Duration.ofSeconds(1);
    private static final Duration RECLAIM_PATIENCE = Duration.ofSeconds(5);

    private final Consumer<byte[], byte[]> consumer;
    private final Dispatcher dispatcher;
    private final Fences fences;
    private final ExecutorConfig config;
    private final RunLauncher.Surroundings surroundings;
    private final Map<TopicPartition, Claim> claims = new HashMap<>();
    private final Map<TopicPartition, Long> committed = new HashMap<>();
    private final CompletableFuture<Void> consuming = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private long lastCommit = System.nanoTime();
    private long nextReclaim = System.nanoTime();

    /** Where commands go, and what has to be given up with their partitions. */
    record Work(Dispatcher dispatcher, Fences fences) {}

    CommandLoop(
            Consumer<byte[], byte[]> consumer,
            Work work,
            ExecutorConfig config,
            RunLauncher.Surroundings surroundings) {
        this.consumer = consumer;
        this.dispatcher = work.dispatcher();
        this.fences = work.fences();
        this.config = config;
        this.surroundings = surroundings;
    }

    /** Completes when the group has given this executor its share for the first time, which may be none. */
    CompletableFuture<Void> consuming() {
        return consuming;
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
            giveUp(claims.keySet(), ActiveRun.Ending.STOPPED);
            ended.complete(null);
        } catch (RuntimeException | InterruptedException e) {
            LOG.atError().setCause(e).log("the command loop has ended");
            consuming.completeExceptionally(e);
            ended.completeExceptionally(e);
        }
    }

    private void step() throws InterruptedException {
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            if (!records.isEmpty()) {
                await(dispatcher.accept(decode(records)));
            }
            throttle();
            reclaimBroken();
            if (System.nanoTime() - lastCommit > COMMIT_EVERY.toNanos()) {
                lastCommit = System.nanoTime();
                consumer.commitAsync(committable(claims.keySet()), (offsets, failure) -> {
                    if (failure == null) {
                        offsets.forEach((partition, offset) -> committed.put(partition, offset.offset()));
                    }
                });
            }
        } catch (AuthorizationException | AuthenticationException e) {
            throw e;
        } catch (KafkaException e) {
            if (!(e instanceof RetriableException)) {
                throw e;
            }
            LOG.atWarn().addKeyValue("failure", e.getClass().getName()).log("Kafka could not be asked; trying again");
            if (stopping.await(1, TimeUnit.SECONDS)) {
                LOG.atDebug().log("stopping");
            }
        }
    }

    private List<CommandRecord> decode(ConsumerRecords<byte[], byte[]> records) {
        List<CommandRecord> decoded = new ArrayList<>(records.count());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Claim claim = claims.get(new TopicPartition(record.topic(), record.partition()));
            if (claim == null) {
                continue;
            }
            if (!claim.hasEnded(record.offset())) {
                claim.ledger().take(record.offset());
            }
            try {
                decoded.add(new CommandRecord(
                        claim,
                        record.offset(),
                        Instant.ofEpochMilli(record.timestamp()),
                        decode(record),
                        traceOf(record)));
            } catch (InvalidEventException e) {
                skip(claim, record, e);
            }
        }
        return decoded;
    }

    private AgentCommand decode(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null || record.value() == null) {
            throw new InvalidEventException("a command has a key and a value");
        }
        UserKey user = UserKey.fromUtf8(record.key());
        if (Partitioning.partitionOf(user, config.publisher().partitions()) != record.partition()) {
            throw new InvalidEventException("the command is not in its user's partition");
        }
        return CommandCodec.decode(user, record.value());
    }

    private static @Nullable String traceOf(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(TraceParent.HEADER);
        return header == null ? null : TraceParent.text(header.value());
    }

    /** What cannot be decoded never will be, and must not hold up the others. */
    private void skip(Claim claim, ConsumerRecord<byte[], byte[]> record, InvalidEventException problem) {
        if (!claim.hasEnded(record.offset())) {
            claim.ledger().settle(record.offset());
            surroundings.metrics().command(ExecutorMetrics.CommandResult.POISON);
            LOG.atWarn()
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("problem", problem.getMessage())
                    .log("a command was skipped");
        }
    }

    /** Decided anew after each poll, so that no pause can be forgotten. */
    private void throttle() {
        int outstanding = claims.values().stream()
                .mapToInt(claim -> claim.ledger().outstanding())
                .sum();
        if (outstanding >= config.commands().maxOutstanding()) {
            consumer.pause(consumer.assignment());
        } else if (!consumer.paused().isEmpty()) {
            consumer.resume(consumer.paused());
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> committable(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Claim claim = claims.get(partition);
            if (claim != null) {
                long offset = claim.ledger().committable();
                if (!Long.valueOf(offset).equals(committed.get(partition))) {
                    offsets.put(partition, new OffsetAndMetadata(offset));
                }
            }
        }
        return offsets;
    }

    /**
     * Claims anew what this executor still owns but cannot append to any more: Kafka was away for too long, or another took
     * the fence. Whether it is still the owner, the group says: only a member may commit.
     */
    private void reclaimBroken() {
        Map<TopicPartition, Claim> broken = new HashMap<>();
        claims.forEach((partition, claim) -> {
            if (claim.isBroken()) {
                broken.put(partition, claim);
            }
        });
        if (broken.isEmpty() || System.nanoTime() < nextReclaim) {
            return;
        }
        nextReclaim = System.nanoTime() + RECLAIM_EVERY.toNanos();
        release(broken.keySet(), ActiveRun.Ending.ABANDONED);
        Map<TopicPartition, OffsetAndMetadata> settled = new HashMap<>();
        broken.forEach((partition, claim) ->
                settled.put(partition, new OffsetAndMetadata(claim.ledger().committable())));
        try {
            consumer.commitSync(settled, RECLAIM_PATIENCE);
        } catch (CommitFailedException | RebalanceInProgressException | FencedInstanceIdException e) {
            LOG.atInfo().addKeyValue("partitions", broken.size()).log("partitions are another's by now");
            return; // the next polls take them away
        }
        LOG.atWarn().addKeyValue("partitions", broken.size()).log("partitions are claimed anew");
        broken.keySet().forEach(partition -> surroundings.metrics().reclaimed());
        claim(broken.keySet());
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (!partitions.isEmpty()) {
            claim(partitions);
        }
        consuming.complete(null);
    }

    /** Seeks back to where the deduplication window begins: what ended before is read for its ids only. */
    private void claim(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        Map<TopicPartition, OffsetAndMetadata> commits = consumer.committed(Set.copyOf(partitions));
        Instant window = surroundings.clock().instant().minus(config.commands().dedup());
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, window.toEpochMilli()));
        Map<TopicPartition, OffsetAndTimestamp> firsts = consumer.offsetsForTimes(times);
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata commit = commits.get(partition);
            long beginning = beginnings.getOrDefault(partition, 0L);
            long end = ends.getOrDefault(partition, 0L);
            long resume = commit == null ? beginning : Math.max(beginning, Math.min(commit.offset(), end));
            OffsetAndTimestamp first = firsts.get(partition);
            consumer.seek(partition, first == null ? resume : Math.min(first.offset(), resume));
            claims.put(
                    partition,
                    new Claim(partition.partition(), resume, config.commands().dedup()));
            committed.put(partition, commit == null ? -1L : commit.offset());
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        giveUp(partitions, ActiveRun.Ending.MOVED);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        release(partitions, ActiveRun.Ending.ABANDONED);
        List.copyOf(partitions).forEach(claims::remove);
    }

    /** Ends the runs of these partitions in the log, and commits, before anybody else can have them. */
    private void giveUp(Collection<TopicPartition> partitions, ActiveRun.Ending why) {
        release(partitions, why);
        leave(partitions, fences::giveUp);
        Map<TopicPartition, OffsetAndMetadata> offsets = committable(partitions);
        List.copyOf(partitions).forEach(claims::remove);
        if (!offsets.isEmpty()) {
            try {
                consumer.commitSync(offsets, HAND_OVER);
            } catch (KafkaException e) {
                LOG.atWarn().addKeyValue("failure", e.getClass().getName()).log("the last commit failed");
            }
        }
    }

    private void release(Collection<TopicPartition> partitions, ActiveRun.Ending why) {
        List<Claim> given =
                partitions.stream().map(claims::get).filter(Objects::nonNull).toList();
        if (given.isEmpty()) {
            return;
        }
        try {
            dispatcher.release(given, why).get(HAND_OVER.toMillis(), TimeUnit.MILLISECONDS);
            if (why == ActiveRun.Ending.ABANDONED) {
                leave(partitions, fences::discard);
            }
        } catch (TimeoutException | ExecutionException e) {
            LOG.atWarn()
                    .addKeyValue("failure", e.getClass().getName())
                    .log("not all runs have ended in time; whoever takes over ends them");
            var unused = dispatcher.release(given, ActiveRun.Ending.ABANDONED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void leave(Collection<TopicPartition> partitions, java.util.function.Consumer<PartitionFence> how) {
        for (TopicPartition partition : partitions) {
            Claim claim = claims.get(partition);
            Takeover.Ground ground = claim == null ? null : claim.ground();
            if (ground != null) {
                how.accept(ground.fence());
            }
        }
    }

    private static void await(CompletableFuture<Void> handedOver) throws InterruptedException {
        try {
            handedOver.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("dispatching failed", e.getCause());
        }
    }
}
