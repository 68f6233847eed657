package dev.heddle.edge.log;

import dev.heddle.edge.hub.EventLog.Extent;
import dev.heddle.topic.EventLogTopics;
import dev.heddle.topic.TopicAdmin;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * The batched lookup of partitions' start and end offsets. While one round of requests is on its way to the brokers,
 * all lookups that come meanwhile share the next round, which has one request a partition. A round is sent after all of
 * its lookups have come, so no answer is older than its lookup. Each round also asks for the topic's id: offsets of
 * another topic of the same name are no answer. Thread-safe.
 */
final class BatchedOffsetLookup {
    private final Admin admin;
    private final EventLogTopics topic;
    private final ConcurrentHashMap<Integer, CompletableFuture<Extent>> next = new ConcurrentHashMap<>();
    private final AtomicBoolean sending = new AtomicBoolean();

    BatchedOffsetLookup(Admin admin, EventLogTopics topic) {
        this.admin = admin;
        this.topic = topic;
    }

    /** Start and end of a partition; fails when Kafka is away, or the log was replaced. */
    CompletionStage<Extent> extent(int partition) {
        CompletableFuture<Extent> answer = next.computeIfAbsent(partition, key -> new CompletableFuture<>());
        sendIfFree();
        return answer;
    }

    private void sendIfFree() {
        if (next.isEmpty() || !sending.compareAndSet(false, true)) {
            return;
        }
        Map<TopicPartition, CompletableFuture<Extent>> round = new HashMap<>();
        for (Integer partition : next.keySet()) {
            CompletableFuture<Extent> answer = next.remove(partition);
            if (answer != null) {
                round.put(topic.partition(partition), answer);
            }
        }
        CompletableFuture<Void> unused = send(round).whenComplete((done, failure) -> {
            sending.set(false);
            sendIfFree();
        });
    }

    private CompletableFuture<Void> send(Map<TopicPartition, CompletableFuture<Extent>> round) {
        Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (TopicPartition partition : round.keySet()) {
            earliest.put(partition, OffsetSpec.earliest());
            latest.put(partition, OffsetSpec.latest());
        }
        CompletionStage<Boolean> sameLog = Objects.requireNonNull(admin.describeTopics(List.of(topic.name()))
                        .topicNameValues()
                        .get(topic.name()))
                .toCompletionStage()
                .thenApply(found -> TopicAdmin.generationOf(found).equals(topic.generation()));
        ListOffsetsResult starts = admin.listOffsets(earliest);
        ListOffsetsResult ends = admin.listOffsets(latest);
        CompletableFuture<?>[] answers = round.entrySet().stream()
                .map(asked -> answer(asked.getKey(), starts, ends)
                        .thenCombine(sameLog, BatchedOffsetLookup::ofThisLog)
                        .whenComplete((extent, failure) -> {
                            if (failure == null) {
                                asked.getValue().complete(extent);
                            } else {
                                asked.getValue().completeExceptionally(failure);
                            }
                        }))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(answers);
    }

    private static Extent ofThisLog(Extent extent, boolean sameLog) {
        if (!sameLog) {
            throw new UnusableLogException("the log was re-created or re-partitioned");
        }
        return extent;
    }

    private static CompletableFuture<Extent> answer(
            TopicPartition partition, ListOffsetsResult starts, ListOffsetsResult ends) {
        return starts.partitionResult(partition)
                .toCompletionStage()
                .thenCombine(
                        ends.partitionResult(partition).toCompletionStage(),
                        (start, end) -> new Extent(
                                start.offset(), end.offset(), end.leaderEpoch().orElse(-1)))
                .toCompletableFuture();
    }
}
